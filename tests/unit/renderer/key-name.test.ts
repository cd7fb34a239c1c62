import { expect, test } from 'vitest';
import { keyName } from '../../../renderer/ui/keys.ts';

const press = (code: string, key: string, more: Partial<Parameters<typeof keyName>[0]> = {}) =>
  keyName({ code, key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

test('digits with Shift and Alt are told by their place on the keyboard', () => {
  expect(press('Digit1', '!', { shiftKey: true })).toBe('Shift+1');
  expect(press('Digit3', '§', { shiftKey: true })).toBe('Shift+3');
  expect(press('Digit2', '™', { altKey: true })).toBe('Alt+2');
  expect(press('Digit2', '2')).toBe('2');
});
test('other keys with Alt are left to the system, symbols keep their own name', () => {
  expect(press('KeyF', 'f', { altKey: true })).toBe('');
  expect(press('Digit2', '2', { altKey: true, ctrlKey: true })).toBe('');
  expect(press('Slash', '?', { shiftKey: true })).toBe('?');
  expect(press('KeyS', 's', { ctrlKey: true })).toBe('Ctrl+S');
});
