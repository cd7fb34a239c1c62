import { describe, expect, it } from 'vitest';
import { browserArguments, browserCandidates } from '#hosts/launch/browser.mjs';
import { chooseHost, hasDisplay } from '#hosts/launch/choose.mjs';

const able = { asked: null, display: true, rootOnLinux: false, electron: true } as const;

describe('choice of the host', () => {
  it('takes the desktop where nothing stands in its way', () => {
    expect(chooseHost(able)).toEqual({ host: 'desktop', why: 'Electron is installed' });
  });

  it.each([
    [{ electron: false }, /Electron/],
    [{ display: false }, /display/],
    [{ rootOnLinux: true }, /\broot\b/],
  ])('takes the web host and says why: %j', (lack, why) => {
    const choice = chooseHost({ ...able, ...lack });
    expect(choice).toMatchObject({ host: 'web', why: expect.stringMatching(why) as unknown });
  });

  it('refuses rather than taking another host than the one asked for', () => {
    expect(chooseHost({ ...able, asked: 'desktop', electron: false })).toHaveProperty('refused');
    expect(chooseHost({ ...able, asked: 'web' })).toEqual({ host: 'web', why: 'asked for' });
  });

  it('knows a display by platform', () => {
    expect(hasDisplay('linux', {})).toBe(false);
    expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
    expect(hasDisplay('win32', {})).toBe(true);
  });
});

describe('browser', () => {
  it('prefers Chromium on the path, in the order of the browsers and not of the folders', () => {
    const found = browserCandidates('linux', { PATH: '/a:/b' });
    expect(found.slice(0, 2).map((path) => path.replaceAll('\\', '/'))).toEqual([
      '/a/chromium',
      '/b/chromium',
    ]);
  });

  it('looks only where Windows says that programs are', () => {
    const found = browserCandidates('win32', { PROGRAMFILES: 'P' });
    expect(found).toHaveLength(3);
    expect(found.every((path) => path.startsWith('P'))).toBe(true);
  });

  it('keeps the sandbox except for root', () => {
    const common = { url: 'http://127.0.0.1:1/', profile: 'p', kiosk: false };
    expect(browserArguments({ ...common, rootOnLinux: false })).not.toContain('--no-sandbox');
    expect(browserArguments({ ...common, rootOnLinux: true })).toContain('--no-sandbox');
  });
});
