import { afterEach, expect, it, vi } from 'vitest';
import { noteUndecodable } from '#ui/player/can-decode.ts';
import { trackGate } from '#ui/player/track-gate.ts';

const header = { key: true } as never;
const data = new Uint8Array(1) as Uint8Array<ArrayBuffer>;
const trackOf = (codec: string) => ({ codec, width: 640, height: 360, sound: null });

/** A browser that answers when told to; each test asks for codecs of its own, since answers are kept. */
function browser() {
  const answers: ((supported: boolean) => void)[] = [];
  const decodingInfo = vi.fn(
    () => new Promise((resolve) => answers.push((supported) => resolve({ supported }))),
  );
  vi.stubGlobal('MediaSource', { isTypeSupported: () => true });
  vi.stubGlobal('navigator', { mediaCapabilities: { decodingInfo } });
  return { answers, decodingInfo };
}
function rig() {
  const seen: string[] = [];
  const onRefused = vi.fn();
  const gate = trackGate(
    'mse',
    { track: ({ codec }) => void seen.push(codec), media: () => void seen.push('media') },
    onRefused,
  );
  return { seen, onRefused, gate };
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
afterEach(() => vi.unstubAllGlobals());

it('holds what comes until the browser has answered, in its order, and asks once', async () => {
  const { answers, decodingInfo } = browser();
  const { seen, gate } = rig();
  gate.track(trackOf('hvc1.a'));
  gate.media(header, data);
  gate.media(header, data);
  expect(seen).toEqual([]);
  answers[0]!(true);
  await settled();
  expect(seen).toEqual(['hvc1.a', 'media', 'media']);
  gate.track(trackOf('hvc1.a'));
  gate.media(header, data);
  expect(seen.slice(3)).toEqual(['hvc1.a', 'media']);
  expect(decodingInfo).toHaveBeenCalledTimes(1);
  expect(decodingInfo).toHaveBeenCalledWith({
    type: 'media-source',
    video: expect.objectContaining({
      contentType: 'video/mp4; codecs="hvc1.a"',
      width: 640,
      height: 360,
    }) as object,
  });
});

it('lets nothing of a track pass that cannot be decoded', async () => {
  const { answers } = browser();
  const { seen, onRefused, gate } = rig();
  gate.track(trackOf('hvc1.b'));
  gate.media(header, data);
  answers[0]!(false);
  await settled();
  gate.media(header, data);
  expect(seen).toEqual([]);
  expect(onRefused).toHaveBeenCalledTimes(1);
});

it('an answer about a track that is past changes nothing', async () => {
  const { answers } = browser();
  const { seen, onRefused, gate } = rig();
  gate.track(trackOf('hvc1.c'));
  gate.track(trackOf('avc1.c'));
  gate.media(header, data);
  answers[0]!(false);
  answers[1]!(true);
  await settled();
  expect(seen).toEqual(['avc1.c', 'media']);
  expect(onRefused).not.toHaveBeenCalled();
});

it('a promise that was broken counts as no', () => {
  browser();
  const { onRefused, gate } = rig();
  noteUndecodable({ decoder: 'mse', codec: 'hvc1.d', width: 640, height: 360 });
  gate.track(trackOf('hvc1.d'));
  expect(onRefused).toHaveBeenCalledTimes(1);
});
