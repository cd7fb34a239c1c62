import { screenKeys, useKeys } from '#ui/keys.ts';
import type { useReplay } from './use-replay.ts';

const SKIP_MS = 10_000;

/** Keys of a replay. */
export function useReplayKeys(input: {
  replay: Pick<ReturnType<typeof useReplay>, 'playback' | 'goTo' | 'markRange'>;
  mayEvidence(): boolean;
  jumpToAlarm(): unknown;
  bookmark(): void;
  panel(): void;
  askExport(): void;
  live(): void;
}): void {
  const { playback, goTo, markRange } = input.replay;
  const here = screenKeys('replay.keys');
  useKeys([
    here('K', 'play', () => playback.play(!playback.playing.value)),
    here(',', 'back', () => playback.step(-1)),
    here('.', 'next', () => playback.step(1)),
    here('[', 'slower', () => playback.setSpeed(playback.faster(-1))),
    here(']', 'faster', () => playback.setSpeed(playback.faster(1))),
    here('ArrowLeft', 'tenBack', () => goTo(playback.position() - SKIP_MS)),
    here('ArrowRight', 'tenOn', () => goTo(playback.position() + SKIP_MS)),
    here('J', 'alarm', input.jumpToAlarm),
    here('G', 'bookmark', input.bookmark),
    here('F', 'panel', input.panel),
    here('R', 'reverse', () => playback.turnBack()),
    here('I', 'from', () => markRange('from')),
    here('O', 'to', () => markRange('to')),
    here('E', 'export', input.askExport, input.mayEvidence),
    here('L', 'live', input.live),
  ]);
}
