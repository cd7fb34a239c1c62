import { describe, expect, it } from 'vitest';
import type { LoginDoor } from '#native/process/login-memory.ts';
import { login, loginScene as scene, refusal } from '#tests/fixtures/login-scene.ts';

const MINUTE = 60_000;

describe('what goes beside the pictures', () => {
  it('events follow the pictures, and say nothing against them', async () => {
    const { clock, logins, ask, at, asked } = scene();
    const events = logins.door(login, 'events', { isBeside: true });
    const main = logins.door(login, 'main');
    ask(events, 'events');
    await clock.advance(100);
    ask(main, 'main');
    await clock.advance(0);
    expect(asked.map(({ name }) => name)).toEqual(['main']);
    await at(0).yes();
    await at(1).no();
    expect([main.waitMs(), events.waitMs()]).toEqual([0, MINUTE]);
    // known there and then refused: it may be the login, which one for the pictures finds out
    await clock.advance(MINUTE);
    ask(events, 'events');
    await clock.advance(0);
    await at(2).yes();
    events.heard(refusal());
    expect([main.waitMs(), events.waitMs()]).toEqual([0, MINUTE]);
    ask(main, 'main');
    ask(logins.door(login, 'sub'), 'sub');
    await clock.advance(10_000);
    expect(asked).toHaveLength(4);
    await at(3).no();
    expect([main.waitMs(), events.waitMs()]).toEqual([5 * MINUTE, 5 * MINUTE]);
    expect(asked).toHaveLength(4);
  });

  it('events that are refused again and again keep no picture away', async () => {
    const { clock, logins, ask, at, asked } = scene();
    const events = logins.door(login, 'events', { isBeside: true });
    const main = logins.door(login, 'main');
    ask(main, 'main');
    await at(0).yes();
    ask(events, 'events');
    await at(1).yes();
    // its accounts for ONVIF were taken away; nobody looks at the pictures meanwhile
    events.heard(refusal());
    for (const minutes of [1, 5]) {
      await clock.advance(minutes * MINUTE);
      ask(events, 'events');
      await clock.advance(250);
      await at(asked.length - 1).no();
    }
    expect([main.waitMs(), events.waitMs()]).toEqual([0, 15 * MINUTE]);
    const came = ask(main, 'main');
    await clock.advance(0);
    await asked.at(-1)!.yes();
    expect(came.is).toBe('in');
    // and from here on it is the events' own
    ask(events, 'events');
    await clock.advance(0);
    await asked.at(-1)!.no();
    expect([main.waitMs(), events.waitMs()]).toEqual([0, MINUTE]);
  });

  it('pictures under way while events are refused: their refusal is the same one, and binds', async () => {
    const { clock, logins, ask, at } = scene();
    const events = logins.door(login, 'events', { isBeside: true });
    const main = logins.door(login, 'main');
    ask(events, 'events');
    await clock.advance(3_000);
    await at(0).yes();
    ask(main, 'main');
    await clock.advance(0);
    events.heard(refusal());
    await at(1).no();
    expect([main.waitMs(), events.waitMs()]).toEqual([MINUTE, MINUTE]);
  });

  it('events leave the next try to the pictures, and are one more refusal where there are none', async () => {
    const { clock, logins, ask, at, asked } = scene();
    const events = logins.door(login, 'events', { isBeside: true });
    const [main, sub] = ['main', 'sub'].map((name) => logins.door(login, name)) as [LoginDoor, LoginDoor];
    ask(main, 'main');
    await at(0).no();
    ask(sub, 'sub');
    await clock.advance(MINUTE);
    ask(events, 'events');
    ask(sub, 'sub');
    await clock.advance(1_000);
    expect(asked.map(({ name }) => name)).toEqual(['main', 'sub']);
    await at(1).no();
    await clock.advance(5 * MINUTE);
    ask(events, 'events');
    await clock.advance(250);
    await at(2).no();
    expect(main.waitMs()).toBe(15 * MINUTE);
  });

  it('events do not wait for pictures that do not come', async () => {
    const { clock, logins, ask, asked } = scene();
    ask(logins.door(login, 'events', { isBeside: true }), 'events');
    await clock.advance(2_999);
    expect(asked).toHaveLength(0);
    await clock.advance(1);
    expect(asked).toHaveLength(1);
  });
});
