import type { BroadcastZone } from '#contract/site.ts';
import { AudioError } from '#native/audio/errors.ts';
import type { LocalOut } from '#native/audio/local-out.ts';
import type { SoundProgramme } from '#native/audio/programme.ts';
import type { RtpOut } from '#native/audio/rtp-out.ts';
import type { RtpTarget } from '#native/audio/rtp-socket.ts';

export type OutputEvent =
  { type: 'started' | 'ended'; zoneId: string } | { type: 'failed'; zoneId: string; code: string };

/** One run of a broadcast in the zones that began together. */
export interface OutputRun {
  stop(zoneIds: readonly string[]): void;
  readonly finished: Promise<void>;
}

/** Sends a programme to zones of whatever kind. */
export interface Outputs {
  play(
    programme: SoundProgramme,
    zones: readonly BroadcastZone[],
    on: (event: OutputEvent) => void,
  ): OutputRun;
}

const codeOf = (error: unknown) => (error instanceof AudioError ? error.code : 'audio.play_failed');

/** RTP zones together through `rtp`; all zones of the workstation's own speaker as one sound through `local`. */
export function createOutputs(rtp: RtpOut, local: LocalOut): Outputs {
  return {
    play(programme, zones, on) {
      const runs = [
        playRtp(rtp, programme, zones, on),
        playLocal(
          local,
          programme,
          zones.filter((zone) => zone.output.kind === 'local').map((zone) => zone.id),
          on,
        ),
      ];
      return {
        stop: (zoneIds) => runs.forEach((run) => run.stop(zoneIds)),
        finished: Promise.all(runs.map((run) => run.finished)).then(() => undefined),
      };
    },
  };
}

const NOTHING: OutputRun = { stop: () => undefined, finished: Promise.resolve() };

function playRtp(
  rtp: RtpOut,
  programme: SoundProgramme,
  zones: readonly BroadcastZone[],
  on: (event: OutputEvent) => void,
): OutputRun {
  const targets = zones.flatMap(({ id, output }): RtpTarget[] => {
    if (output.kind !== 'rtp') return [];
    const { host, port, codec, ttl } = output;
    return [{ id, host, port, codec, ttl }];
  });
  if (targets.length === 0) return NOTHING;
  return rtp.play(programme, targets, (event) => {
    if (event.type === 'failed') on({ type: 'failed', zoneId: event.targetId, code: event.error.code });
    else on({ type: event.type, zoneId: event.targetId });
  });
}

function playLocal(
  local: LocalOut,
  programme: SoundProgramme,
  zoneIds: readonly string[],
  on: (event: OutputEvent) => void,
): OutputRun {
  if (zoneIds.length === 0) return NOTHING;
  const open = new Set(zoneIds);
  const tell = (make: (zoneId: string) => OutputEvent) => open.forEach((zoneId) => on(make(zoneId)));
  const playback = local.play(programme, () => tell((zoneId) => ({ type: 'started', zoneId })));
  return {
    stop(stopped) {
      for (const zoneId of stopped) open.delete(zoneId);
      if (open.size === 0) playback.stop();
    },
    finished: playback.finished.then(
      (how) => {
        if (how === 'ended') tell((zoneId) => ({ type: 'ended', zoneId }));
      },
      (error) => tell((zoneId) => ({ type: 'failed', zoneId, code: codeOf(error) })),
    ),
  };
}
