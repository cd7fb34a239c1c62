import { describe, expect, it } from 'vitest';
import { camera as cameraSchema, recordingRule, type Site } from '#contract/site.ts';
import { asWhole, ruleOfStream, rulesOf, type Doing } from '#domain/recording-streams.ts';
import { changed } from '#features/cameras/change.ts';
import { checkSite } from '#features/site/site-check.ts';
import { parseSiteFile } from '#features/site/site-file.ts';

describe('the rules of two streams', () => {
  it('are one where nothing is said of the other stream, as ever', () => {
    const rule = recordingRule.parse({ mode: 'continuous', stream: 'sub', keepDays: 30 });
    expect(rulesOf(rule).map(({ stream }) => stream)).toEqual(['sub']);
    expect(rule).not.toHaveProperty('beside');
    // What an earlier rule recorded of the other stream keeps the camera's term.
    expect(ruleOfStream(rule, 'main').keepDays).toBe(30);
  });
  it('are each with its own defaults, the chosen stream first', () => {
    const rule = recordingRule.parse({
      ...{ mode: 'alarm', stream: 'main', keepDays: 90 },
      beside: { mode: 'continuous' },
    });
    expect(rulesOf(rule).map(({ stream, rule: { mode, keepDays } }) => [stream, mode, keepDays])).toEqual([
      ['main', 'alarm', 90],
      ['sub', 'continuous', 30],
    ]);
    expect(ruleOfStream(rule, 'sub')).toMatchObject({ mode: 'continuous', preSeconds: 10, postSeconds: 60 });
  });
});

describe('a rule for several cameras', () => {
  const beside = { mode: 'continuous', keepDays: 90 };
  const camera = (recording: object) =>
    cameraSchema.parse({
      ...{ id: 'cam', name: { zh: '门', en: 'Gate' }, placeId: 'park' },
      ...{ mainUrl: 'rtsp://127.0.0.1/1', subUrl: 'rtsp://127.0.0.1/2', recording },
    });
  const one = recordingRule.parse({ mode: 'continuous', keepDays: 7 });
  it('that is of one stream switches the other one off, and does not delete what that has recorded', () => {
    const both = camera({ mode: 'alarm', keepDays: 30, beside });
    const after = changed(both, { recording: one }).recording!;
    expect(after).toMatchObject({ ...one, beside: { mode: 'off', keepDays: 90 } });
    expect(ruleOfStream(after, 'sub').keepDays).toBe(90);
    // It is the first rule of before that was of the other stream now.
    const turned = changed(both, { recording: { ...one, stream: 'sub' } }).recording!;
    expect([ruleOfStream(turned, 'main'), ruleOfStream(turned, 'sub')]).toMatchObject([
      { mode: 'off', keepDays: 30 },
      { mode: 'continuous', keepDays: 7 },
    ]);
  });
  it('is taken as it is by a camera with one rule, and where it speaks of both streams', () => {
    expect(changed(camera({ mode: 'alarm', keepDays: 30 }), { recording: one }).recording).toEqual(one);
    const two = recordingRule.parse({ mode: 'alarm', beside: { mode: 'continuous', keepDays: 3 } });
    expect(changed(camera({ mode: 'alarm', beside }), { recording: two }).recording).toEqual(two);
    expect(changed(camera({ mode: 'alarm', beside }), { pull: 'direct' }).recording?.beside?.keepDays).toBe(
      90,
    );
  });
});

describe('the camera as a whole', () => {
  const doing = (
    mode: Doing['mode'],
    state: Doing['state'],
    reason: string | null,
    cause: Doing['cause'],
  ) => ({
    ...{ mode, state, reason, cause },
  });
  const armed = doing('alarm', 'armed', 'no_alarm', null);
  const running = doing('continuous', 'recording', null, 'continuous');
  const full = doing('continuous', 'stopped', 'disk_full', 'continuous');
  const away = doing('continuous', 'waiting', 'unreachable', 'continuous');
  const armedAway = doing('alarm', 'waiting', 'stalled', null);
  const off = doing('off', 'off', 'off', null);
  const later = doing('schedule', 'off', 'not_scheduled', null);
  it.each([
    ['records while one stream does', [armed, running], running],
    ['records although the other one is stopped', [full, running], running],
    ['tells of the stream that should be recorded', [armed, full], full],
    ['tells of the camera that is away rather than of the alarm that did not come', [armed, away], away],
    ['tells of the stream that should be recorded now first', [armedAway, away], away],
    ['waits for an alarm rather than that it is off', [off, armed], armed],
    ['is not scheduled now rather than that one stream is off', [off, later], later],
  ])('%s', (_, streams, { state, reason, cause }) => {
    for (const order of [streams, streams.toReversed()])
      expect(asWhole(order)).toMatchObject({ state, reason, cause });
    expect(asWhole(streams).mode).not.toBe('off');
  });
});

describe('a camera with one stream', () => {
  const siteWith = (camera: object) => `
site: { id: s, name: { zh: 甲, en: A }, guardRoom: { zh: 乙, en: B }, kind: real, center: [121, 31] }
places: [{ id: park, kind: park, name: { zh: 园, en: P } }]
cameras:
  - ${JSON.stringify({ id: 'gate-7', name: { zh: '门', en: 'Gate' }, placeId: 'park', mainUrl: 'rtsp://127.0.0.1/1', ...camera })}
`;
  const beside = { mode: 'continuous' };
  it('cannot record a second one, and is told so by name and field', () => {
    expect(parseSiteFile(siteWith({ recording: { mode: 'alarm', beside } }))).toEqual({
      problems: [
        expect.objectContaining({
          path: 'cameras[0].recording.beside',
          code: 'no_second_stream',
          params: { id: 'gate-7' },
        }),
      ],
    });
  });
  it('may have a second one that is off, or a second stream, or a rule of the sub stream as ever', () => {
    const fine = [
      { recording: { mode: 'alarm', beside: { mode: 'off' } } },
      { recording: { mode: 'alarm', beside }, subUrl: 'rtsp://127.0.0.1/2' },
      { recording: { mode: 'continuous', stream: 'sub' } },
    ];
    for (const camera of fine) {
      const parsed = parseSiteFile(siteWith(camera));
      expect(parsed).toHaveProperty('file');
      expect(checkSite((parsed as { file: Site }).file)).toEqual([]);
    }
  });
});
