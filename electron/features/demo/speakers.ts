import { createSocket, type Socket } from 'node:dgram';
import type { BroadcastZone } from '#contract/site.ts';
import type { Clock } from '#station/clock.ts';
import type { Log } from '#station/log.ts';
import type { Park } from './park.ts';

/** Packets come each 20 ms; a pause this long means that the speaker is silent. */
const SILENT_AFTER_MS = 1500;
const LOOK_EVERY_MS = 500;

/** The speaker device of a zone: `bz-north` is heard by `spk-north`. */
const speakerOf = (zoneId: string): string => zoneId.replace(/^bz-/, 'spk-');

/**
 * The loudspeakers of the demo park: they listen where the zones send, and report that they play. A port that
 * somebody else already listens on is left alone. @returns a function that closes them
 */
export async function openSpeakers(
  park: Park,
  zones: readonly BroadcastZone[],
  clock: Clock,
  log: Log,
): Promise<() => Promise<void>> {
  const lastMs = new Map<string, number>();
  const playing = new Set<string>();
  const report = (speaker: string, isPlaying: boolean) => {
    if (playing.has(speaker) === isPlaying) return;
    if (isPlaying) playing.add(speaker);
    else playing.delete(speaker);
    park.turn(speaker, 'playing', isPlaying);
  };
  const listen = async ({ id, output }: BroadcastZone): Promise<Socket | undefined> => {
    const speaker = speakerOf(id);
    if (output.kind !== 'rtp' || !output.host.startsWith('127.') || !park.device(speaker)) return undefined;
    const socket = createSocket('udp4');
    socket.on('message', () => {
      lastMs.set(speaker, clock.monotonicMs());
      report(speaker, true);
    });
    const opened = await new Promise<boolean>((resolve) => {
      socket.once('error', (error) => {
        log.info('demo speaker stays silent', { zone: id, error: error.message });
        resolve(false);
      });
      socket.bind(output.port, output.host, () => resolve(true));
    });
    if (!opened) {
      socket.close();
      return undefined;
    }
    socket.on('error', (error) => log.debug('demo speaker', { zone: id, error: error.message }));
    socket.unref();
    return socket;
  };
  const sockets = (await Promise.all(zones.map(listen))).filter((socket) => socket !== undefined);
  const stopLooking = clock.every(LOOK_EVERY_MS, () => {
    for (const [speaker, atMs] of lastMs) {
      if (clock.monotonicMs() - atMs > SILENT_AFTER_MS) report(speaker, false);
    }
  });
  return async () => {
    stopLooking();
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  };
}
