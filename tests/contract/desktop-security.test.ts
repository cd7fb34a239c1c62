import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenToConsole, type ConsoleEvent } from '#hosts/desktop/ipc.ts';
import { consoleFiles } from '#hosts/desktop/protocol.ts';
import {
  isTrustedSender,
  lockContents,
  lockSession,
  mayRequest,
  permitted,
  webPreferences,
  type LockableContents,
  type LockableSession,
  type PreventableNavigation,
} from '#hosts/desktop/security.ts';

const PAGE = 'guardroom://console/#/alarms';

describe('what a window may do', () => {
  it('runs sandboxed, isolated and without Node', () => {
    expect(webPreferences('p')).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
  });

  it('stays on the console and opens nothing', () => {
    const listeners = new Map<string, (event: PreventableNavigation) => void>();
    let answer: unknown;
    const contents = {
      setWindowOpenHandler: (handler: () => unknown) => (answer = handler()),
      on: (event: string, listener: (event: PreventableNavigation) => void) => listeners.set(event, listener),
    };
    lockContents(contents as LockableContents);
    expect(answer).toEqual({ action: 'deny' });
    const goes = (event: string, url: string): boolean => {
      let prevented = false;
      listeners.get(event)?.({ url, preventDefault: () => (prevented = true) });
      return !prevented;
    };
    expect(goes('will-navigate', PAGE)).toBe(true);
    for (const url of [
      'https://example.org/',
      'file:///etc/passwd',
      'guardroom://other/',
      'javascript:1',
      'about:blank',
    ])
      for (const event of ['will-navigate', 'will-redirect']) expect(goes(event, url)).toBe(false);
    expect(goes('will-attach-webview', PAGE)).toBe(false);
  });

  it('has few permissions, and only the console has them', () => {
    expect(permitted('fullscreen', PAGE)).toBe(true);
    expect(permitted('media', PAGE, ['audio'])).toBe(true);
    expect(permitted('media', PAGE, ['audio', 'video'])).toBe(false);
    expect(permitted('media', PAGE)).toBe(false);
    for (const permission of ['geolocation', 'notifications', 'clipboard-read', 'hid', 'openExternal'])
      expect(permitted(permission, PAGE)).toBe(false);
    expect(permitted('fullscreen', 'https://example.org')).toBe(false);
    expect(permitted('fullscreen', '')).toBe(false);
  });

  it('reaches its files and loopback sockets, nothing else', () => {
    for (const url of [PAGE, 'ws://127.0.0.1:40123/media', 'blob:guardroom://console/1', 'data:image/png,'])
      expect(mayRequest(url)).toBe(true);
    for (const url of [
      'https://example.org',
      'http://127.0.0.1/',
      'ws://192.0.2.1/',
      'ws://127.0.0.1.example.org/',
      'file:///x',
      'x',
    ])
      expect(mayRequest(url)).toBe(false);
  });

  it('has its session denied by default', () => {
    type Request = Parameters<LockableSession['setPermissionRequestHandler']>[0];
    type Before = Parameters<LockableSession['webRequest']['onBeforeRequest']>[0];
    const set: { request?: Request; before?: Before; device?: () => boolean } = {};
    lockSession({
      setPermissionRequestHandler: (handler) => (set.request = handler),
      setPermissionCheckHandler: () => undefined,
      setDevicePermissionHandler: (handler) => (set.device = handler),
      webRequest: { onBeforeRequest: (listener) => (set.before = listener) },
    });
    const asked: boolean[] = [];
    set.request?.(null, 'midi', (granted) => asked.push(granted), { requestingUrl: PAGE });
    set.request?.(null, 'fullscreen', (granted) => asked.push(granted), { requestingUrl: PAGE });
    set.request?.(null, 'fullscreen', (granted) => asked.push(granted), {});
    expect(asked).toEqual([false, true, false]);
    expect(set.device?.()).toBe(false);
    const cancelled: boolean[] = [];
    set.before?.({ url: 'https://example.org' }, ({ cancel }) => cancelled.push(cancel));
    set.before?.({ url: PAGE }, ({ cancel }) => cancelled.push(cancel));
    expect(cancelled).toEqual([true, false]);
  });
});

describe('messages of the preload', () => {
  const from = (url: string, parent: unknown = null): ConsoleEvent => ({
    senderFrame: { url, parent },
    sender: { id: 7 },
  });

  it('are believed from the console’s own page alone', () => {
    expect(isTrustedSender(from(PAGE))).toBe(true);
    expect(isTrustedSender(from(PAGE, {}))).toBe(false);
    expect(isTrustedSender(from('https://console/'))).toBe(false);
    expect(isTrustedSender({ senderFrame: null })).toBe(false);
  });

  it('reach the host when they are whole, and are refused when not', () => {
    const on = new Map<string, (event: ConsoleEvent) => void>();
    const handle = new Map<string, (event: ConsoleEvent, argument: unknown) => void>();
    const seen: unknown[] = [];
    listenToConsole(
      {
        on: (channel, listener) => on.set(channel, listener),
        handle: (channel, listener) => void handle.set(channel, listener),
      },
      {
        wantPort: (id) => seen.push(['port', id]),
        openWindow: (route) => seen.push(['open', route]),
        setKiosk: (id, kiosk) => seen.push(['kiosk', id, kiosk]),
      },
    );
    const open = handle.get('console:open-window')!;
    const kiosk = handle.get('console:set-kiosk')!;
    on.get('console:want-port')?.(from(PAGE));
    on.get('console:want-port')?.(from('https://example.org/'));
    open(from(PAGE), '/video?wall=4');
    kiosk(from(PAGE), true);
    expect(() => open(from('https://example.org/'), '/video')).toThrow('forbidden');
    expect(() => kiosk(from(PAGE, {}), true)).toThrow('forbidden');
    for (const bad of ['https://example.org', 'javascript:1', '/<script>', 7, null])
      expect(() => open(from(PAGE), bad)).toThrow('invalid_route');
    expect(() => kiosk(from(PAGE), 'yes')).toThrow('invalid_kiosk');
    expect(seen).toEqual([
      ['port', 7],
      ['open', '/video?wall=4'],
      ['kiosk', 7, true],
    ]);
  });
});

describe('the console’s own protocol', () => {
  let root = '';
  let get: (url: string, init?: RequestInit) => Promise<Response>;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'guardroom-protocol-'));
    mkdirSync(join(root, 'console', 'assets'), { recursive: true });
    writeFileSync(join(root, 'console', 'index.html'), '<title>岗亭</title>');
    writeFileSync(join(root, 'console', 'assets', 'a-1.js'), 'export {}');
    writeFileSync(join(root, 'secret.json'), '{}');
    const serve = consoleFiles(join(root, 'console'));
    get = (url, init) => serve(new Request(url, init));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('serves the page and its files under a strict policy', async () => {
    const page = await get('guardroom://console/');
    expect(await page.text()).toContain('岗亭');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const script = await get('guardroom://console/assets/a-1.js');
    expect(script.headers.get('content-type')).toContain('text/javascript');
  });

  it.each([
    ['guardroom://console/%2e%2e%2fsecret.json', 404],
    ['guardroom://console/assets/missing.js', 404],
    ['guardroom://console/alarms', 404],
    ['guardroom://elsewhere/index.html', 404],
  ])('answers %s with %i', async (url, status) => {
    expect((await get(url)).status).toBe(status);
  });

  it('only reads', async () => {
    expect((await get('guardroom://console/', { method: 'POST' })).status).toBe(405);
  });
});
