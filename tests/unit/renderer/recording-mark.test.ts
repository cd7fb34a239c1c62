import { describe, expect, it } from 'vitest';
import type { RecordingState } from '#contract/recording.contract.ts';
import { recordingMark, recordingWords } from '#ui/cameras/recording-mark.ts';

type Stream = RecordingState['streams'][number];
const stream = (of: Partial<Stream>): Stream => ({
  ...{ stream: 'main', mode: 'continuous', state: 'recording' },
  ...{ reason: null, cause: 'continuous', kilobitsPerSecond: null },
  ...of,
});
const sub = stream({ stream: 'sub' });
const full = stream({ state: 'stopped', reason: 'disk_full' });

describe('the mark of a camera that is recorded', () => {
  it.each([
    ['stopped', [full, sub]],
    ['waiting', [stream({ state: 'waiting', reason: 'stalled' }), sub]],
    ['recording', [stream({ state: 'waiting', reason: 'starting' }), sub]],
    ['recording', [stream({ mode: 'alarm', state: 'armed', reason: 'no_alarm' }), sub]],
    ['recording', [stream({ mode: 'off', state: 'off', reason: 'off' }), sub]],
  ] as const)('is %s', (mark, streams) => {
    expect(recordingMark({ state: 'recording', streams: [...streams] })).toBe(mark);
  });
  it('is that of the camera while nothing is known of its streams', () => {
    expect(
      recordingMark({ state: 'waiting', streams: [stream({ state: 'waiting', reason: 'starting' })] }),
    ).toBe('waiting');
  });
  it('is told of each stream where there are two, with what keeps one from it', () => {
    const words = {
      state: (state: string) => state,
      stream: (name: string) => name,
      reason: (code: string) => code,
      of: (parts: { stream: string; state: string }) => `${parts.stream} ${parts.state}`,
      because: (parts: { state: string; reason: string }) => `${parts.state} ${parts.reason}`,
    };
    expect(recordingWords({ state: 'recording', streams: [full, sub] }, words)).toBe(
      'main stopped disk_full\nsub recording',
    );
    expect(recordingWords({ state: 'recording', streams: [sub] }, words)).toBe('recording');
  });
});
