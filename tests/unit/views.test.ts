/** Saved views on real SQLite; opening the folder again is a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { viewBody, type SavedView, type ViewBody } from '#contract/views.contract.ts';
import { createViews, MAX_VIEWS, type ViewsService } from '#features/views/views.service.ts';
import { migrations } from '#station/migrations/index.ts';
import type { Actor } from '#station/ports.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { GUARD, LEADER, openKernel, type Kernel } from '#tests/fixtures/response-kernel.ts';

const view = (name: string, more: Partial<ViewBody> = {}): ViewBody =>
  viewBody.parse({ name, layout: '2x1', places: [{ cameraId: 'cam-n07' }, { cameraId: null }], ...more });

let dir: string;
let kernel: Kernel;
let views: ViewsService;
const clock = new TestClock();
function start(): void {
  kernel = openKernel(dir, clock, undefined, migrations);
  for (const { id, name, role } of [GUARD, LEADER])
    kernel.ports.db
      .prepare(
        'INSERT OR IGNORE INTO account (id, username, name, role, password_hash, created_at_ms) VALUES (?, ?, ?, ?, ?, 1)',
      )
      .run(id, id, name, role, 'h');
  views = createViews(kernel.ports);
}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'guardroom-views-'));
  start();
});
afterEach(async () => {
  await kernel.close();
  rmSync(dir, { recursive: true, force: true });
});
/** What an account sees now, in its order. */
async function seen(actor: Actor): Promise<SavedView[]> {
  const stop = new AbortController();
  const reader = views.follow(actor, undefined, stop.signal);
  const first = (await reader.next()).value as { items: SavedView[] };
  stop.abort();
  await reader.return(undefined);
  return first.items.toSorted((a, b) => a.rank - b.rank);
}
const names = async (actor: Actor) => (await seen(actor)).map((one) => one.view.name);
const refusal = (call: () => unknown): string => {
  try {
    call();
    return 'passed';
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error);
  }
};

describe('saved views', () => {
  it('are seen by their account alone, shared ones by everybody, and survive a restart', async () => {
    views.save(GUARD, undefined, view('夜间'));
    views.share(LEADER, undefined, view('大门'));
    expect(await names(GUARD)).toEqual(['夜间', '大门']);
    expect(await names(LEADER)).toEqual(['大门']);
    await kernel.close();
    start();
    expect(await names(GUARD)).toEqual(['夜间', '大门']);
    expect((await seen(LEADER))[0]).toMatchObject({ shared: true, by: LEADER.name, view: view('大门') });
  });
  it('reach who follows them as they change', async () => {
    const reader = views.follow(LEADER, undefined);
    await reader.next();
    const { id } = views.share(LEADER, undefined, view('大门'));
    expect((await reader.next()).value).toMatchObject({ kind: 'delta', upsert: [{ id, shared: true }] });
    // what only concerns another account is no news
    views.save(GUARD, undefined, view('夜间'));
    views.removeShared(LEADER, id);
    expect((await reader.next()).value).toMatchObject({ kind: 'delta', remove: [id] });
    await reader.return(undefined);
  });
  it('cannot be changed by others, and a shared one only as such', async () => {
    const own = views.save(GUARD, undefined, view('夜间'));
    const shared = views.share(LEADER, undefined, view('大门'));
    expect(refusal(() => views.save(LEADER, own.id, view('x')))).toBe('views.unknown');
    expect(refusal(() => views.share(LEADER, own.id, view('x')))).toBe('views.unknown');
    expect(refusal(() => views.remove(LEADER, own.id))).toBe('views.unknown');
    expect(refusal(() => views.setDefault(LEADER, own.id))).toBe('views.unknown');
    expect(refusal(() => views.save(GUARD, shared.id, view('x')))).toBe('views.is_shared');
    expect(refusal(() => views.remove(GUARD, shared.id))).toBe('views.is_shared');
    expect(refusal(() => views.removeShared(GUARD, own.id))).toBe('views.is_own');
    expect(await names(GUARD)).toEqual(['夜间', '大门']);
  });
  it('an own view that is shared leaves its owner nothing but the shared one', async () => {
    const { id } = views.save(LEADER, undefined, view('周界'));
    views.share(LEADER, id, view('周界'));
    expect(await names(GUARD)).toEqual(['周界']);
    expect(await seen(LEADER)).toHaveLength(1);
  });
  it('have names of their own and an end', () => {
    const { id } = views.save(GUARD, undefined, view('夜间'));
    expect(refusal(() => views.save(GUARD, undefined, view('夜间')))).toBe('views.name_taken');
    expect(refusal(() => views.save(GUARD, id, view('夜间', { layout: '1x2' })))).toBe('passed');
    for (let at = 1; at < MAX_VIEWS; at += 1) views.save(GUARD, undefined, view(`v${at}`));
    expect(refusal(() => views.save(GUARD, undefined, view('one more')))).toBe('views.too_many');
  });
  it('each account has its order and its default', async () => {
    const [a, b, c] = ['甲', '乙', '丙'].map((name) => views.share(LEADER, undefined, view(name)).id);
    views.arrange(GUARD, [c!, a!]);
    views.setDefault(GUARD, b!);
    expect(await names(GUARD)).toEqual(['丙', '甲', '乙']);
    expect((await seen(GUARD)).map((one) => one.isDefault)).toEqual([false, false, true]);
    expect(await names(LEADER)).toEqual(['甲', '乙', '丙']);
    views.share(LEADER, undefined, view('丁'));
    views.removeShared(LEADER, b!);
    await kernel.close();
    start();
    expect(await names(GUARD)).toEqual(['丙', '甲', '丁']);
    expect((await seen(GUARD)).some((one) => one.isDefault)).toBe(false);
  });
  it('one that cannot be read is passed over and kept', async () => {
    views.save(GUARD, undefined, view('夜间'));
    kernel.ports.db
      .prepare("INSERT INTO wall_view VALUES ('x', NULL, '{\"layout\":\"99x99\"}', 'y', 1)")
      .run();
    await kernel.close();
    start();
    expect(await names(GUARD)).toEqual(['夜间']);
    expect(kernel.ports.db.prepare('SELECT count(*) AS n FROM wall_view').get()).toEqual({ n: 2 });
  });
  it('are written to the audit', () => {
    const own = views.save(GUARD, undefined, view('夜间'));
    const shared = views.share(LEADER, undefined, view('大门'));
    views.remove(GUARD, own.id);
    views.removeShared(LEADER, shared.id);
    expect(kernel.audited().map(({ action }) => action)).toEqual(['view.save', 'view.share', 'view.remove', 'view.remove_shared']); // prettier-ignore
  });
});
describe('the schema of a view', () => {
  it.each([
    ['too few places', { layout: '2x2' }],
    ['no such layout', { layout: '9x9' }],
    ['a hot place outside', { hot: 2 }],
    ['no name', { name: ' ' }],
  ])('refuses %s', (_, more) => {
    const good = { name: 'x', layout: '2x1', places: [{ cameraId: null }, { cameraId: null }] };
    expect(viewBody.safeParse(good).success).toBe(true);
    expect(viewBody.safeParse({ ...good, ...more }).success).toBe(false);
  });
});
