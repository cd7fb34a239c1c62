import { systemClock, type Clock } from '#native/process/clock.ts';
import type { AudioError } from './errors.ts';
import type { SoundFormat } from './encode.ts';
import { createFeed, type PacketFeed } from './packet-feed.ts';
import type { SoundProgramme } from './programme.ts';
import { checkTarget, openRtpSocket, type RtpSocket, type RtpTarget } from './rtp-socket.ts';
import { createSoundStore } from './sound-store.ts';

export type PlaybackEvent =
  /** Packets with sound leave for this target. */
  | { type: 'started'; targetId: string }
  /** The whole programme was sent. */
  | { type: 'ended'; targetId: string; packets: number }
  | { type: 'failed'; targetId: string; error: AudioError };

export interface Playback {
  /** Silences these targets at once (absent: all). A stopped target gives no further event. */
  stop(targetIds?: readonly string[]): void;
  /** Settles when every target has ended, failed or been stopped. Never rejects. */
  readonly finished: Promise<void>;
}

export interface RtpOut {
  /**
   * Plays a programme to all targets in step. Wrong targets throw at once (audio.bad_target); all that goes wrong later
   * is an event of its target and leaves the others alone.
   */
  play(
    programme: SoundProgramme,
    targets: readonly RtpTarget[],
    onEvent: (event: PlaybackEvent) => void,
  ): Playback;
  /** Stops everything and waits for the encoders to be gone. */
  close(): Promise<void>;
}

/** Behind by more than this after a pause of the whole process, the rest is moved back instead of sent in one burst. */
const MAX_BURST_MS = 100;

/**
 * RTP to speakers. ffmpeg encodes; the packets are sent from here, one per `packetMs`, because ffmpeg's own RTP output
 * sends six packets in a burst each 130 ms (its reading pace), of uneven sizes, and cannot let go of one target of several.
 */
export function createRtpOut(options: { ffmpegPath: () => string; clock?: Clock }): RtpOut {
  const clock = options.clock ?? systemClock();
  const store = createSoundStore(options.ffmpegPath);
  const active = new Set<Playback>();

  return {
    play(programme, targets, onEvent) {
      for (const target of targets) checkTarget(target);
      const groups = groupByFormat(targets).map(({ format, members }) => ({
        ...group(format, members, clock, onEvent),
        feed: createFeed(programme, format, store),
      }));
      const run = async () => {
        // All formats wait for the slowest encoder, so that neighbouring zones are in step whatever they speak.
        await Promise.all(groups.flatMap(({ feed, open }) => [feed.ready(), open()]));
        const startMs = clock.monotonicMs();
        await Promise.all(groups.map((one) => one.send(one.feed, startMs)));
      };
      const playback: Playback = {
        stop: (targetIds) => groups.forEach((one) => one.stop(targetIds)),
        finished: run().finally(() => active.delete(playback)),
      };
      active.add(playback);
      return playback;
    },
    async close() {
      const running = [...active];
      for (const playback of running) playback.stop();
      await store.close();
      await Promise.all(running.map((playback) => playback.finished));
    },
  };
}

function groupByFormat(targets: readonly RtpTarget[]): { format: SoundFormat; members: RtpTarget[] }[] {
  const groups = new Map<string, { format: SoundFormat; members: RtpTarget[] }>();
  for (const target of targets) {
    const format: SoundFormat = { codec: target.codec, packetMs: target.packetMs ?? 20 };
    const key = `${format.codec} ${format.packetMs}`;
    const known = groups.get(key) ?? { format, members: [] };
    known.members.push(target);
    groups.set(key, known);
  }
  return [...groups.values()];
}

/** Targets that take the same packets: one clock, one position, a socket each. */
function group(
  format: SoundFormat,
  targets: readonly RtpTarget[],
  clock: Clock,
  onEvent: (event: PlaybackEvent) => void,
) {
  const stopped = new Set<string>();
  const sockets = new Map<string, RtpSocket>();
  const told = new Set<string>();
  let wake: () => void = () => undefined;

  function drop(targetId: string): void {
    sockets.get(targetId)?.close();
    sockets.delete(targetId);
  }
  function fail(targetId: string, error: AudioError): void {
    drop(targetId);
    if (!stopped.has(targetId)) onEvent({ type: 'failed', targetId, error });
  }

  async function open(): Promise<void> {
    await Promise.all(
      targets.map(async (target) => {
        try {
          const socket = await openRtpSocket(target);
          if (stopped.has(target.id)) socket.close();
          else sockets.set(target.id, socket);
        } catch (error) {
          fail(target.id, error as AudioError);
        }
      }),
    );
  }

  function sendAll(payload: Uint8Array): void {
    const nowMs = clock.monotonicMs();
    for (const [targetId, socket] of sockets) {
      if (socket.trusted && !told.has(targetId)) {
        told.add(targetId);
        onEvent({ type: 'started', targetId });
      }
      if (socket.error) fail(targetId, socket.error);
      else socket.send(payload, nowMs);
    }
  }

  /** After the last packet: give its send a turn to report, then close the books. */
  async function settle(): Promise<void> {
    await pause(format.packetMs);
    for (const [targetId, socket] of sockets) {
      // A sound shorter than the time for giving up still tells a receiver that took no packet.
      const error = socket.error ?? socket.doubt;
      if (error) {
        fail(targetId, error);
        continue;
      }
      if (!told.has(targetId)) onEvent({ type: 'started', targetId });
      drop(targetId);
      onEvent({ type: 'ended', targetId, packets: socket.packets });
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  async function send(feed: PacketFeed, startMs: number): Promise<void> {
    let baseMs = startMs;
    for (let sent = 0; sockets.size > 0; sent += 1) {
      const packet = feed.next();
      if (packet.kind === 'end') return await settle();
      if (packet.kind === 'error') {
        for (const targetId of [...sockets.keys()]) fail(targetId, packet.error);
        return;
      }
      sendAll(packet.payload);
      const dueMs = baseMs + (sent + 1) * format.packetMs;
      const lateMs = clock.monotonicMs() - dueMs;
      if (lateMs > MAX_BURST_MS) baseMs += lateMs;
      if (lateMs < 0) await pause(-lateMs);
    }
  }

  return {
    open,
    send,
    stop(targetIds: readonly string[] = targets.map((target) => target.id)): void {
      for (const targetId of targetIds) {
        stopped.add(targetId);
        drop(targetId);
      }
      if (sockets.size === 0) wake();
    },
  };
}
