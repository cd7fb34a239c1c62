/** The two ways to a station: a WebSocket of the web host, or a MessagePort that the desktop preload hands over. */
import type { ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { HAVE_PORT, WANT_PORT } from '#contract/bridge.ts';
import { linkLost } from './errors.ts';

export type StationLink = ClientLink<Record<never, never>>;
export interface Transport {
  readonly link: StationLink;
  /** Aborts when the other end is gone. (A signal, not a promise: each call listens and stops listening.) */
  readonly lost: AbortSignal;
  close(): void;
}
/** Opens one transport, or rejects. */
export type Connect = () => Promise<Transport>;

/** A WebSocket to `url` (`ws:` or `wss:`). */
export function socketConnect(url: string): Connect {
  return async () => {
    const websocket = new WebSocket(url);
    const lost = new AbortController();
    websocket.addEventListener('close', () => lost.abort(), { once: true });
    await new Promise<void>((resolve, reject) => {
      websocket.addEventListener('open', () => resolve(), { once: true });
      websocket.addEventListener('close', () => reject(linkLost()), { once: true });
    });
    return { link: new SocketLink({ websocket }), lost: lost.signal, close: () => websocket.close() };
  };
}

/** The host answers when its station works; asked again after this. Shorter than the connection's own limit. */
const PORT_WAIT_MS = 4000;

/** A MessagePort that the preload posts to `target` when it is asked for one. */
export function portConnect(target: Window): Connect {
  return async () => {
    const port = await askForPort(target);
    const lost = new AbortController();
    // Chromium fires `close` when the station's process ends; older typings do not know it.
    port.addEventListener('close', () => lost.abort());
    port.start();
    const close = () => {
      port.close();
      lost.abort();
    };
    return { link: new PortLink({ port }), lost: lost.signal, close };
  };
}

function askForPort(target: Window): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const done = () => {
      target.removeEventListener('message', onMessage);
      clearTimeout(timer);
    };
    const onMessage = (event: MessageEvent<unknown>) => {
      const port = event.ports[0];
      if (event.source !== target || event.data !== HAVE_PORT || !port) return;
      done();
      resolve(port);
    };
    const timer = setTimeout(() => {
      done();
      reject(linkLost());
    }, PORT_WAIT_MS);
    target.addEventListener('message', onMessage);
    target.postMessage(WANT_PORT, target.location.origin);
  });
}

/** The console served over HTTP speaks WebSocket to where it came from; any other origin has a preload. */
export function connectFrom(target: Window): Connect {
  const { protocol, host } = target.location;
  if (protocol !== 'http:' && protocol !== 'https:') return portConnect(target);
  return socketConnect(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/rpc`);
}
