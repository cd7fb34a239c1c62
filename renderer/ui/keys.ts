import { onScopeDispose, ref, shallowReactive, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';

export interface KeyBinding {
  /** `Space`, `Enter`, `Escape`, `ArrowDown`, `F3`, `?`, or a letter or digit; with `Ctrl+` or `Shift+` before it, a digit also with `Alt+`. */
  key: string;
  /** Locale key of what it does, for the help on `?`. */
  label: string;
  run: () => unknown;
  /** Absent: always. */
  when?: () => boolean;
  /** Section of the help: `alarm` and `screen` are the frame's, `here` the open screen's. */
  group?: 'alarm' | 'screen' | 'here';
  /** Works above an open dialog too (alarm keys). */
  overDialogs?: boolean;
  /** Works on a locked screen. */
  whileLocked?: boolean;
}
type Source = MaybeRefOrGetter<readonly KeyBinding[]>;
const sources = shallowReactive<Source[]>([]);
/** Set while the screen is locked: only `whileLocked` bindings run. */
export const keysLocked = ref(false);

/** Binds keys for as long as the calling scope lives. Of two bindings of one key the later one wins. */
export function useKeys(bindings: Source): void {
  sources.push(bindings);
  onScopeDispose(() => {
    const at = sources.indexOf(bindings);
    if (at >= 0) sources.splice(at, 1);
  });
}

/** Makes bindings of the open screen, worded below one locale key: `matrix.keys`. */
export const screenKeys =
  (words: string) =>
  (key: string, label: string, run: () => unknown, when?: () => boolean): KeyBinding => ({
    ...{ key, label: `${words}.${label}`, group: 'here', run },
    ...(when ? { when } : {}),
  });

/** What is bound now, the winning binding of each key, for the help. */
export function boundKeys(): KeyBinding[] {
  const winners = new Map<string, KeyBinding>();
  for (const source of sources) for (const binding of toValue(source)) winners.set(binding.key, binding);
  return [...winners.values()];
}

const TYPING =
  'input:not([type=checkbox]):not([type=radio]):not([type=range]):not([type=button]), textarea, select, [contenteditable=true]';
/** Space and Enter belong to a control that was reached with Tab or arrows. */
const CONTROL =
  'button, a[href], summary, [role=button], [role=checkbox], [role=switch], [role=tab], [role=menuitem], [role=option], [role=slider], [tabindex]:not([tabindex="-1"]), input';
let focusByKeyboard = false;

/** Name of a pressed key as bindings write it. */
export function keyName(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
): string {
  // Digits are told by their place: what Shift or Alt makes of them differs between keyboards.
  const digit = /^Digit([0-9])$/.exec(event.code)?.[1];
  if (event.altKey) return digit && !event.ctrlKey && !event.metaKey && !event.shiftKey ? `Alt+${digit}` : '';
  if (digit && event.shiftKey && !event.ctrlKey && !event.metaKey) return `Shift+${digit}`;
  const plain =
    event.code === 'Space' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const ctrl = event.ctrlKey || event.metaKey ? 'Ctrl+' : '';
  // A shifted symbol (`?`) is its own name; letters, digits and named keys say Shift.
  const shift = event.shiftKey && /^(?:[A-Z0-9]|\w{2,})$/.test(plain) ? 'Shift+' : '';
  return `${ctrl}${shift}${plain}`;
}

const isFunctionKey = (name: string) => /^(?:Ctrl\+|Shift\+)*F\d{1,2}$/.test(name);

function onKeyDown(event: KeyboardEvent): void {
  if (event.key === 'Tab' || event.key.startsWith('Arrow')) focusByKeyboard = true;
  if (event.defaultPrevented || event.isComposing) return;
  const name = keyName(event);
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(TYPING) && !isFunctionKey(name)) return;
  if ((name === 'Space' || name === 'Enter') && focusByKeyboard && target?.closest(CONTROL)) return;
  const dialog = document.querySelector('[aria-modal=true]') !== null;
  for (const source of [...sources].reverse()) {
    for (const binding of toValue(source)) {
      if (binding.key !== name || (binding.when && !binding.when())) continue;
      if (dialog && !binding.overDialogs) continue;
      if (keysLocked.value && !binding.whileLocked) continue;
      event.preventDefault();
      if (!event.repeat || name.startsWith('Arrow')) binding.run();
      return;
    }
  }
  // The browser's own function keys (help, find, reload) would take the guard away from the console.
  if (isFunctionKey(name) && !['F11', 'F12'].includes(name)) event.preventDefault();
}

/** Listens on the document; called once by the app. */
export function installKeys(): void {
  document.addEventListener('keydown', onKeyDown);
  document.addEventListener('pointerdown', () => (focusByKeyboard = false), { capture: true });
}
