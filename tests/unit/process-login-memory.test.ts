import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoginDoor } from '#native/process/login-memory.ts';
import { STAGGER_MS } from '#native/process/login-rules.ts';
import { login, loginScene as scene, refusal } from '#tests/fixtures/login-scene.ts';

const MINUTE = 60_000;

describe('a login that a device has refused', () => {
  it('is tried by nobody before 1 minute, then 5, then each 15, and nobody is asked meanwhile', async () => {
    const { clock, logins, ask, asked, at } = scene();
    const [main, sub] = ['main', 'sub'].map((name) => logins.door(login, name)) as [LoginDoor, LoginDoor];
    ask(main, 'main');
    await at(0).no();
    for (const [index, minutes] of [1, 5, 15, 15].entries()) {
      expect(main.waitMs()).toBe(minutes * MINUTE);
      expect(sub.waitMs()).toBe(minutes * MINUTE);
      await clock.advance(minutes * MINUTE - 51);
      const early = ask(sub, 'sub');
      await clock.advance(0);
      expect(early.is).toBe('wrong_password');
      expect(asked).toHaveLength(index + 1);
      await clock.advance(51);
      ask(main, 'main');
      await clock.advance(250);
      await at(index + 1).no();
    }
  });

  it('is tried by one when it is due; the others wait for what comes of it', async () => {
    const { clock, logins, ask, asked, at } = scene();
    const doors = Array.from({ length: 16 }, (_, index) => logins.door(login, `/${index}`));
    ask(doors[0]!, '0');
    await at(0).no();
    for (const [index, door] of doors.entries()) ask(door, `${index}`);
    await clock.advance(0);
    await clock.advance(MINUTE);
    const waiting = doors.map((door, index) => ask(door, `${index}`));
    await clock.advance(10_000);
    expect(asked.map(({ name }) => name)).toEqual(['0', '1']);
    await at(1).no();
    expect(waiting.map(({ is }) => is)).toEqual(waiting.map(() => 'wrong_password'));
    expect(new Set(doors.map((door) => door.waitMs()))).toEqual(new Set([5 * MINUTE]));
    await clock.advance(5 * MINUTE);
    const again = doors.map((door, index) => ask(door, `${index}`));
    await clock.advance(0);
    expect(asked).toHaveLength(3);
    await at(2).yes();
    expect(asked).toHaveLength(18);
    expect(again.filter(({ is }) => is === 'asks')).toHaveLength(15);
  });

  it('tells those who wait for it when the next try is due, and when it is taken', async () => {
    const { clock, logins, ask, at } = scene();
    const [main, sub] = ['main', 'sub'].map((name) => logins.door(login, name)) as [LoginDoor, LoginDoor];
    ask(main, 'main');
    await at(0).no();
    const heard: number[] = [];
    const stop = sub.onChange(() => heard.push(sub.waitMs()));
    await clock.advance(30_000);
    main.allow();
    ask(main, 'main');
    await at(1).no();
    expect(heard).toEqual([5 * MINUTE]);
    await clock.advance(5 * MINUTE);
    ask(main, 'main');
    await at(2).yes();
    expect(heard).toEqual([5 * MINUTE, 0]);
    stop();
    main.heard(refusal());
    expect(heard).toHaveLength(2);
  });

  it('that did not answer at all was not refused', async () => {
    const { clock, logins, ask, at, asked } = scene();
    const door = logins.door(login, 'main');
    ask(door, 'main');
    await at(0).no(Object.assign(new Error('away'), { code: 'no_route' }));
    expect(door.waitMs()).toBe(0);
    ask(door, 'main');
    await at(1).no();
    await clock.advance(MINUTE);
    ask(door, 'main');
    await clock.advance(0);
    // what was refused before it went away is not forgotten
    await at(2).no(Object.assign(new Error('away'), { code: 'no_route' }));
    ask(door, 'main');
    await clock.advance(0);
    expect(asked).toHaveLength(4);
    await at(3).no();
    expect(door.waitMs()).toBe(5 * MINUTE);
  });

  it('may be tried at once by a person: one try for the whole device', async () => {
    const { clock, logins, ask, at, asked } = scene();
    const [main, sub] = ['main', 'sub'].map((name) => logins.door(login, name)) as [LoginDoor, LoginDoor];
    ask(main, 'main');
    await at(0).no();
    main.allow();
    sub.allow();
    ask(main, 'main');
    ask(sub, 'sub');
    await clock.advance(1_000);
    expect(asked).toHaveLength(2);
    await at(1).no();
    expect(asked).toHaveLength(2);
    expect(sub.waitMs()).toBe(5 * MINUTE);
  });

  it('is another one with another user, password or device', async () => {
    const { clock, logins, ask, at, asked } = scene();
    ask(logins.door(login, 'main'), 'main');
    await at(0).no();
    for (const other of [{ user: 'admin' }, { password: 'Secret' }, { device: 'cam 555' }])
      ask(logins.door({ ...login, ...other }, 'main'), 'other');
    ask(logins.door({ ...login, device: 'CAM 554' }, 'main'), 'same');
    await clock.advance(0);
    expect(asked.map(({ name }) => name)).toEqual(['main', 'other', 'other', 'other']);
  });

  it('waits no longer than its signal', async () => {
    const { clock, logins, ask, asked } = scene();
    const door = logins.door(login, 'main');
    ask(door, 'main');
    const abort = new AbortController();
    const came = ask(logins.door(login, 'sub'), 'sub', { signal: abort.signal });
    abort.abort();
    await clock.advance(STAGGER_MS);
    expect(came.is).toBe('aborted');
    expect(asked).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });
});

describe('what is said of the wait', () => {
  it('is whole milliseconds: the contract takes no other times, and monotonic time has fractions', async () => {
    const { clock, logins, ask, at } = scene();
    const door = logins.door(login, 'main');
    await clock.advance(0.3);
    ask(door, 'main');
    await at(0).no();
    await clock.advance(0.4);
    expect(door.waitMs()).toBe(MINUTE);
    await clock.advance(1);
    expect(door.waitMs()).toBe(MINUTE - 1);
  });
});

describe('a login of which nothing is known', () => {
  it('goes alone until it is taken, and then all at once', async () => {
    const { clock, logins, ask, asked } = scene();
    for (let index = 0; index < 16; index += 1) ask(logins.door(login, `/${index}`), `${index}`);
    await clock.advance(20);
    expect(asked).toHaveLength(1);
    asked[0]!.letIn();
    await clock.advance(0);
    expect(asked).toHaveLength(16);
  });

  it('is not held up for long by one that gives no answer', async () => {
    const { clock, logins, ask, asked } = scene();
    for (let index = 0; index < 4; index += 1) ask(logins.door(login, `/${index}`), `${index}`);
    await clock.advance(3 * STAGGER_MS);
    expect(asked.map(({ atMs }) => atMs)).toEqual([0, 1, 2, 3].map((one) => one * STAGGER_MS));
  });

  it('wrong: refused once, with however many channels', async () => {
    const { clock, logins, ask, at, asked } = scene();
    const all = Array.from({ length: 16 }, (_, index) => ask(logins.door(login, `/${index}`), `${index}`));
    await clock.advance(0);
    await at(0).no();
    expect(asked).toHaveLength(1);
    expect(all.every(({ is }) => is === 'wrong_password')).toBe(true);
  });

  it('without a name and password nobody waits for anybody', async () => {
    const { clock, logins, ask, asked } = scene();
    const open = { device: 'cam 554', user: '', password: '' };
    for (let index = 0; index < 4; index += 1) ask(logins.door(open, `/${index}`), `${index}`);
    await clock.advance(0);
    expect(asked).toHaveLength(4);
  });
});

describe('no login', () => {
  it('a stream that wants one says nothing of those that do not', async () => {
    const { clock, logins, ask, at, asked } = scene();
    const open = { device: 'gateway 554', user: '', password: '' };
    const [closed, free] = ['closed', 'free'].map((name) => logins.door(open, name)) as [
      LoginDoor,
      LoginDoor,
    ];
    ask(closed, 'closed');
    await at(0).no();
    expect([closed.waitMs(), free.waitMs()]).toEqual([MINUTE, 0]);
    ask(free, 'free');
    await clock.advance(0);
    expect(asked.map(({ name }) => name)).toEqual(['closed', 'free']);
  });
});

describe('a login that was taken', () => {
  it('is not held up, until something has failed', async () => {
    const { clock, logins, ask, at, asked } = scene();
    const doors = Array.from({ length: 4 }, (_, index) => logins.door(login, `/${index}`));
    ask(doors[0]!, '0');
    await at(0).yes();
    for (const door of doors) ask(door, 'next');
    await clock.advance(0);
    expect(asked).toHaveLength(5);
    for (const one of asked.slice(1, 5)) await one.no(Object.assign(new Error('reboots'), { code: 'ended' }));
    // a new password, and all come back: one refusal
    const back = doors.map((door) => ask(door, 'back'));
    await clock.advance(0);
    expect(asked).toHaveLength(6);
    await at(5).no();
    expect(asked).toHaveLength(6);
    expect(back.map(({ is }) => is)).toEqual(doors.map(() => 'wrong_password'));
  });

  it('a way that alone is refused keeps its refusal to itself', async () => {
    const { clock, logins, ask, at, asked } = scene();
    const [allowed, barred] = ['1', '2'].map((name) => logins.door(login, name)) as [LoginDoor, LoginDoor];
    ask(allowed, 'allowed');
    await at(0).yes();
    let heard = 0;
    barred.onChange(() => (heard += 1));
    for (const [index, minutes] of [1, 5, 15].entries()) {
      ask(barred, 'barred');
      await clock.advance(0);
      await at(2 * index + 1).no();
      expect([allowed.waitMs(), barred.waitMs()]).toEqual([0, minutes * MINUTE]);
      // and is not tried again because the other works
      ask(allowed, 'allowed');
      await clock.advance(0);
      await at(2 * index + 2).yes();
      expect(barred.waitMs()).toBe(minutes * MINUTE);
      await clock.advance(minutes * MINUTE);
    }
    expect(heard).toBe(0);
    expect(asked).toHaveLength(7);
  });

  it('a way that was refused first leaves the next try to another', async () => {
    const { clock, logins, ask, at, asked } = scene();
    const [barred, allowed] = ['1', '2'].map((name) => logins.door(login, name)) as [LoginDoor, LoginDoor];
    ask(barred, 'barred');
    await at(0).no();
    ask(allowed, 'allowed');
    await clock.advance(MINUTE);
    ask(barred, 'barred');
    ask(allowed, 'allowed');
    await clock.advance(0);
    expect(asked.map(({ name }) => name)).toEqual(['barred', 'allowed']);
    await at(1).yes();
    await at(2).no();
    expect([allowed.waitMs(), barred.waitMs()]).toEqual([0, MINUTE]);
  });
});

describe('the memory', () => {
  it('forgets what nobody uses', async () => {
    const { clock, logins, ask, at } = scene();
    for (let index = 0; index < 100; index += 1) {
      ask(logins.door({ ...login, device: `cam${index}` }, 'main'), `${index}`);
      await at(index).no();
    }
    expect(logins.size).toBe(100);
    await clock.advance(3_600_000);
    logins.door(login, 'main').waitMs();
    expect(logins.size).toBe(1);
  });

  it('of whatever happens: never asked before it is due, one at a time from the first refusal on, nobody left waiting', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), door: fc.nat(5), patient: fc.boolean() }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), which: fc.nat(20), how: fc.nat(2) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.oneof(fc.nat(1_000), fc.nat(1_000_000)) }) },
    ); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { clock, logins, ask, asked } = scene();
        const doors = Array.from({ length: 6 }, (_, index) =>
          logins.door(login, `${index}`, { isBeside: index === 5 }),
        );
        const came: { is: string }[] = [];
        const open = new Set<number>();
        let dueMs = -Infinity;
        let seen = 0;
        const look = () => {
          for (; seen < asked.length; seen += 1) {
            // of this door, and of the login once it is the login that was refused
            expect(asked[seen]!.atMs).toBeGreaterThanOrEqual(dueMs);
            if (dueMs > -Infinity) expect(open.size).toBe(0);
            open.add(seen);
          }
        };
        for (const one of steps) {
          if (one.do === 'ask') came.push(ask(doors[one.door]!, `${one.door}`, { isPatient: one.patient }));
          if (one.do === 'answer' && open.size > 0) {
            const which = [...open][one.which % open.size]!;
            open.delete(which);
            const next = asked[which]!;
            if (one.how === 0) dueMs = -Infinity;
            await (one.how === 0 ? next.yes() : next.no(one.how === 1 ? refusal() : new Error('away')));
            // the one door whose wait is nobody's but the login's: none of the test's
            if (one.how === 1) {
              const wait = logins.door(login, 'nobody').waitMs();
              dueMs = wait > 0 ? clock.monotonicMs() + wait : -Infinity;
            }
          }
          await clock.advance(one.do === 'pass' ? one.ms : 0);
          look();
        }
        for (let left = 50; came.some(({ is }) => is === 'waits') || open.size > 0; left -= 1) {
          if (left === 0) break;
          await clock.advance(5_000);
          look();
          for (const which of open) await asked[which]!.yes();
          open.clear();
          dueMs = -Infinity;
        }
        expect(came.filter(({ is }) => is === 'waits')).toEqual([]);
        expect(clock.pending()).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
