/**
 * A station's video and recording as a process of its own, to be killed or measured.
 * Arguments: data folder, cameras as JSON, and what else to do: `frames` logs each frame of each camera (of its sub stream
 * as `<id>/sub`, where that is recorded beside); `watch` looks at
 * cameras whose rule is off, for what the relay costs by itself. Says `recording` when all cameras are (or are live).
 */
import { writeSync } from 'node:fs';
import type { StreamKind } from '#contract/media-wire.ts';
import { letHeapGrow } from '#native/process/heap.ts';
import { openRecordingPark, type ParkCamera } from '#tests/fixtures/recording-park.ts';

letHeapGrow();
const [dataDir, list, mode] = process.argv.slice(2);
const cameras = JSON.parse(list!) as ParkCamera[];
const park = await openRecordingPark(cameras, { dataDir: dataDir! });
const looks = { state: () => undefined, track: () => undefined };
if (mode === 'watch')
  for (const { id } of cameras) park.video.openStream(id, 'main')!.join({ ...looks, frame: () => undefined });
const isGoing = (id: string) =>
  mode === 'watch'
    ? park.video.live.get(id)?.state === 'live'
    : park.state(id)?.streams.every(({ state }) => state === 'recording') === true;
const isAll = () => cameras.every(({ id }) => isGoing(id));
const timer = setInterval(() => {
  if (!isAll()) return;
  clearInterval(timer);
  process.stdout.write('recording\n');
  if (mode !== 'frames') return;
  const log = (id: string, stream: StreamKind, name: string) =>
    park.video.openStream(id, stream)!.join({
      ...looks,
      // At once and whole, so that the last line is the last frame that this process has had.
      frame: ({ receivedAtMs }, isCached) => void (isCached || writeSync(2, `${name} ${receivedAtMs}\n`)),
    });
  for (const { id, rule } of cameras) {
    log(id, 'main', id);
    if (rule.beside) log(id, 'sub', `${id}/sub`);
  }
}, 50);
process.on('SIGTERM', () => void park.stop().then(() => process.exit(0)));
