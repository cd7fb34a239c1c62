import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { mediaNotice, readMediaHeader, type MediaHeader, type MediaNotice } from '#contract/media-wire.ts';
import type { MediaOutlet, ReplayTile } from '#station/ports.ts';
import { LEADER } from '#tests/fixtures/response-kernel.ts';
import { openDesk, type Desk } from '#tests/fixtures/recording-desk.ts';
import { startMediaHost, type MediaHost } from '#tests/peers/media-host.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

let desk: Desk;
let host: MediaHost | undefined;
let tile: ReplayTile | undefined;
afterEach(async () => {
  tile?.close();
  desk.clock.advance(1_000);
  await tile?.ended;
  tile = undefined;
  await host?.stop();
  host = undefined;
  await desk.end();
  expect(desk.errors).toEqual([]);
});
const headerOf = (bytes: Uint8Array) =>
  readMediaHeader(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));

/** What a console receives. */
function outlet() {
  const notices: MediaNotice[] = [];
  const frames: MediaHeader[] = [];
  const inits: number[] = [];
  const own = {
    unsentBytes: 0,
    sendNotice: (notice: MediaNotice) => void notices.push(mediaNotice.parse(notice)),
    sendBytes(bytes: Uint8Array) {
      const header = headerOf(bytes);
      if (header.init) inits.push(frames.length);
      else frames.push(header);
    },
  } satisfies MediaOutlet;
  const replays = () => notices.filter((notice) => notice.type === 'replay');
  const said = (state: string, jump: number) =>
    waitFor(`${state} ${jump}`, () => replays().some((one) => one.state === state && one.jump === jump));
  return {
    own,
    notices,
    frames,
    inits,
    replays,
    said,
    walls: () => frames.map(({ receivedAtMs }) => receivedAtMs),
  };
}

async function beginRecording(): Promise<number> {
  desk = await openDesk();
  desk.rule({ mode: 'continuous' });
  await desk.start();
  return desk.clock.nowMs();
}
async function recorded(seconds: number, made = {}): Promise<number> {
  const fromMs = await beginRecording();
  await desk.play(seconds, made);
  desk.clock.advance(2_000);
  await desk.settle();
  return fromMs;
}
/** Ten seconds, a minute without the camera, twenty seconds. */
async function recordedWithGap(): Promise<number> {
  const fromMs = await beginRecording();
  await desk.play(10);
  desk.stream('cam').fail('wrong_password');
  await desk.wait(60);
  await desk.play(20, { again: true });
  return fromMs;
}
function open(to: ReturnType<typeof outlet>, atMs: number, speed: number, withBlocked = false): ReplayTile {
  const request = { type: 'replay', sub: 7, jump: 1, cameraId: 'cam', atMs, speed } as const;
  tile = desk.recording.openReplay(request, to.own, withBlocked)!;
  return tile;
}
/** Time passes, and the tile does what is due meanwhile. */
async function pass(ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 200) {
    desk.clock.advance(200);
    await tile!.rested();
  }
}

describe('replay', () => {
  it('begins with the key frame, shows the frame of the time, and goes two seconds ahead of a paused clock', async () => {
    const fromMs = await recorded(20, { gop: 30 });
    const to = outlet();
    open(to, fromMs + 5_500, 0);
    await to.said('jumped', 1);
    await tile!.rested();
    const shown = to.frames.find(({ cached }) => !cached)!;
    expect(to.frames[0]).toMatchObject({
      key: true,
      cached: true,
      receivedAtMs: fromMs + 4_000,
      discontinuity: true,
    });
    expect(shown.receivedAtMs).toBe(fromMs + 5_467);
    expect(to.replays()[0]).toMatchObject({ state: 'jumped', atMs: shown.receivedAtMs });
    expect(to.walls().at(-1)).toBe(fromMs + 7_467);
    expect(to.notices.find(({ type }) => type === 'track')).toMatchObject({
      codec: 'avc1.42c01e',
      width: 640,
    });
    expect(to.inits).toEqual([0]);
    await pass(5_000);
    expect(to.walls().at(-1)).toBe(fromMs + 7_467);
  });

  it('at every speed keeps pace with the clock, with every frame up to 2x and key frames above', async () => {
    const fromMs = await recorded(60);
    for (const speed of [1 / 8, 1, 2, 8]) {
      const to = outlet();
      open(to, fromMs, speed);
      await to.said('jumped', 1);
      await pass(4_000);
      const walls = to.walls();
      expect(walls).toEqual(walls.toSorted((a, b) => a - b));
      const expectedMs = fromMs + 4_000 * speed + 2_000 * Math.max(1, speed);
      expect(Math.abs(walls.at(-1)! - expectedMs)).toBeLessThanOrEqual(speed > 2 ? 1_000 : 70);
      if (speed > 2) expect(to.frames.every(({ key }) => key)).toBe(true);
      else expect(new Set(walls).size).toBe(Math.floor((walls.at(-1)! - fromMs) / (1_000 / 15)) + 1);
      tile!.close();
      desk.clock.advance(1_000);
      await tile!.ended;
    }
  });

  it('changes from key frames to all of them without a break in what can be decoded', async () => {
    const fromMs = await recorded(60, { gop: 30 });
    const to = outlet();
    open(to, fromMs, 8);
    await to.said('jumped', 1);
    await pass(2_000);
    const keys = to.frames.length;
    tile!.pace(to.walls().at(-1)!, 1);
    await pass(3_000);
    const after = to.frames.slice(keys);
    expect(after.length).toBeGreaterThan(45);
    // Each frame follows the one before it, or is a key frame.
    for (const [index, frame] of after.entries()) {
      const before = to.frames[keys + index - 1]!;
      expect(frame.key || frame.ticks - before.ticks === 6_000).toBe(true);
    }
  });

  it('steps to the very next and the very last frame, over the borders of groups', async () => {
    const fromMs = await recorded(20);
    const to = outlet();
    open(to, fromMs + 10_000, 0);
    await to.said('jumped', 1);
    const walls = [67, 133, 200].map((ms) => fromMs + 10_000 + ms);
    let at = fromMs + 10_000;
    let jump = 1;
    const step = async (direction: 1 | -1) => {
      tile!.step((jump += 1), at, direction);
      await to.said('jumped', jump);
      at = to.replays().find((one) => one.jump === jump)!.atMs!;
      return at;
    };
    expect([await step(1), await step(1), await step(1)]).toEqual(walls);
    expect([await step(-1), await step(-1), await step(-1), await step(-1)]).toEqual([
      ...[walls[1], walls[0], fromMs + 10_000],
      fromMs + 9_933,
    ]);
  });

  it('goes backwards by whole groups of pictures, faster by key frames, over files, gaps and what is blocked', async () => {
    const fromMs = await recordedWithGap();
    const to = outlet();
    open(to, fromMs + 85_000, 0);
    await to.said('jumped', 1);
    await tile!.rested();
    const groups = () => {
      const list: MediaHeader[][] = [];
      for (const frame of to.frames)
        if (frame.key && frame.discontinuity) list.push([frame]);
        else list.at(-1)!.push(frame);
      return list;
    };
    to.frames.length = 0;
    tile!.pace(fromMs + 75_500, -1);
    tile!.seek(2, fromMs + 75_500, true);
    await to.said('jumped', 2);
    await pass(2_000);
    // each group forwards from its key frame, all but its last marked; the groups from late to early, two seconds ahead
    for (const group of groups()) {
      expect(group[0]!.key).toBe(true);
      expect(group.map(({ cached }) => cached)).toEqual(group.map((_, index) => index < group.length - 1));
    }
    const begins = groups().map(([first]) => first!.receivedAtMs);
    expect(begins).toEqual(begins.toSorted((a, b) => b - a));
    expect(groups()[0]!.at(-1)!.receivedAtMs).toBe(fromMs + 75_467);
    expect(begins.at(-1)).toBe(fromMs + 71_000);
    await pass(3_000);
    expect(to.replays().find(({ state }) => state === 'gap')).toMatchObject({ reason: 'wrong_password' });
    // on the other side of the gap, by key frames, and at last the beginning
    to.frames.length = 0;
    tile!.pace(fromMs + 60_000, -4);
    tile!.seek(3, fromMs + 60_000, true);
    await to.said('jumped', 3);
    await pass(16_000);
    expect(to.frames.length).toBeGreaterThan(5);
    expect(to.frames.every(({ key, cached }) => key && !cached)).toBe(true);
    expect(Math.max(...to.walls())).toBeLessThan(fromMs + 10_000);
    expect(Math.min(...to.walls())).toBe(fromMs);
    expect(to.replays().at(-1)).toMatchObject({ state: 'gap', atMs: 0, toMs: fromMs, reason: 'not_yet' });

    const block = { fromMs: fromMs + 73_500, toMs: fromMs + 76_500 };
    desk.recording.holds.addBlock(LEADER, { cameraIds: ['cam'], ...block, reason: '隐私' });
    to.frames.length = 0;
    tile!.pace(fromMs + 79_500, -1);
    tile!.seek(4, fromMs + 79_500, true);
    await to.said('jumped', 4);
    await pass(7_000);
    await to.said('blocked', 4);
    expect(to.walls().filter((wall) => wall >= block.fromMs && wall < block.toMs)).toEqual([]);
    expect(to.walls()).toContain(fromMs + 73_467);
    tile!.seek(5, fromMs + 75_000, true);
    await to.said('blocked', 5);
  });

  it('seeks, and says which jump the frames are of', async () => {
    const fromMs = await recorded(30);
    const to = outlet();
    open(to, fromMs, 1);
    await to.said('jumped', 1);
    tile!.seek(2, fromMs + 25_000);
    tile!.seek(3, fromMs + 20_000);
    await to.said('jumped', 3);
    await tile!.rested();
    expect(to.frames.findLast(({ discontinuity }) => discontinuity)!.receivedAtMs).toBe(fromMs + 20_000);
  });

  it('tells a gap with its reason and waits for the clock on its other side', async () => {
    const fromMs = await recordedWithGap();
    const to = outlet();
    open(to, fromMs + 5_000, 1);
    await to.said('jumped', 1);
    await pass(4_000);
    await to.said('gap', 1);
    expect(to.replays().find(({ state }) => state === 'gap')).toMatchObject({
      ...{ atMs: expect.closeTo(fromMs + 10_000, -3), toMs: fromMs + 70_000, reason: 'wrong_password' },
    });
    await pass(20_000);
    expect(Math.max(...to.walls())).toBeLessThan(fromMs + 10_000);
    tile!.seek(2, fromMs + 65_000);
    await to.said('gap', 2);
    await pass(4_000);
    expect(Math.max(...to.walls())).toBeGreaterThan(fromMs + 70_000);
  });

  it('never sends what is blocked to those who may not see it', async () => {
    const fromMs = await recorded(40);
    const block = { fromMs: fromMs + 10_000, toMs: fromMs + 20_500 };
    desk.recording.holds.addBlock(LEADER, { cameraIds: ['cam'], ...block, reason: '隐私' });
    const hidden = (walls: number[]) => walls.filter((wall) => wall >= block.fromMs && wall < block.toMs);
    const guard = outlet();
    open(guard, fromMs + 8_000, 2);
    await guard.said('blocked', 1);
    await pass(12_000);
    expect(hidden(guard.walls())).toEqual([]);
    // Goes on with the first key frame after it.
    expect(guard.walls()).toContain(fromMs + 21_000);
    tile!.seek(2, fromMs + 15_000);
    await guard.said('jumped', 2);
    tile!.step(3, fromMs + 21_000, -1);
    await guard.said('jumped', 3);
    await pass(3_000);
    expect(hidden(guard.walls())).toEqual([]);
    tile!.close();
    const leader = outlet();
    open(leader, fromMs + 12_000, 1, true);
    await leader.said('jumped', 1);
    await tile!.rested();
    expect(hidden(leader.walls()).length).toBeGreaterThan(0);
    const chunks = [];
    for await (const chunk of desk.recording.recordings.readParts('cam', 'main', fromMs, fromMs + 40_000))
      chunks.push(chunk);
    for (const { wallMs, endWallMs } of chunks)
      expect(wallMs >= block.toMs || endWallMs <= block.fromMs).toBe(true);
    expect(await desk.recording.thumbnails.at('cam', fromMs + 15_000, 320, false)).toBeNull();
  });

  it('adds nothing for a console that does not take what it has, and then goes to where the clock is', async () => {
    const fromMs = await recorded(60);
    const to = outlet();
    open(to, fromMs, 1);
    await to.said('jumped', 1);
    await tile!.rested();
    to.own.unsentBytes = 64 * 1024 * 1024;
    await pass(500);
    const sent = to.frames.length;
    await pass(30_000);
    expect(to.frames.length).toBe(sent);
    to.own.unsentBytes = 0;
    await pass(1_000);
    const after = to.frames.slice(sent);
    // Perhaps one that was read before; then the group of pictures where the clock is.
    expect(after.slice(1).every(({ receivedAtMs }) => receivedAtMs > fromMs + 28_000)).toBe(true);
    expect(after.length).toBeGreaterThan(15);
  });

  it('at the end of what is recorded so far says so, and goes on when there is more', async () => {
    const fromMs = await recorded(10);
    const to = outlet();
    open(to, fromMs + 9_000, 1);
    await to.said('ended', 1);
    await desk.play(5);
    await pass(2_000);
    expect(Math.max(...to.walls())).toBeGreaterThan(fromMs + 12_500);
  });

  it('of sixteen tiles over one socket all show the same moment', async () => {
    desk = await openDesk();
    const ids = Array.from({ length: 16 }, (_, index) => `c${index}`);
    for (const id of ids) desk.rule({ mode: 'continuous' }, id);
    await desk.start();
    const fromMs = desk.clock.nowMs();
    for (const id of ids) await desk.play(0.2, { id });
    for (let second = 0; second < 6; second += 1)
      for (const id of ids) await desk.play(1, { id, gopPhase: 3 });
    host = await startMediaHost(() => undefined, {
      openReplay: (session, request, to) =>
        session === 'session-1'
          ? (desk.recording.openReplay(request, to, false) ?? 'unknown_camera')
          : 'forbidden',
    });
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/media?token=${host.token()}`);
    const shown = new Map<number, number>();
    const refused: MediaNotice[] = [];
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) return;
      const notice = mediaNotice.parse(JSON.parse(data.toString()));
      if (notice.type === 'refused') refused.push(notice);
      if (notice.type === 'replay' && notice.state === 'jumped' && notice.jump === 2)
        shown.set(notice.sub, notice.atMs!);
    });
    await once(socket, 'open');
    const ask = (request: object) => socket.send(JSON.stringify(request));
    for (const [index, cameraId] of ids.entries())
      ask({ type: 'replay', sub: index + 1, jump: 1, cameraId, atMs: fromMs, speed: 0 });
    ask({ type: 'replay', sub: 99, jump: 1, cameraId: 'nobody', atMs: fromMs, speed: 0 });
    ask({ type: 'seek', subs: ids.map((_, index) => index + 1), jump: 2, atMs: fromMs + 40_000 });
    await waitFor('sixteen tiles', () => shown.size === 16);
    expect(refused).toMatchObject([{ sub: 99, reason: 'unknown_camera' }]);
    socket.close();
    await once(socket, 'close');
  });
});
