/** Steering against a device that really moves, in the time of a clock that the test owns. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPtzService, type PtzService } from '#features/ptz/ptz.service.ts';
import { base } from '#station/migrations/001-base.ts';
import { tours } from '#station/migrations/008-tours.ts';
import { TestClock } from '#tests/fixtures/clock.ts';
import { GUARD, LEADER, openKernel, type Kernel } from '#tests/fixtures/response-kernel.ts';
import { startOnvifDevice, type OnvifDevice } from '#tests/peers/onvif-device.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

const LOGIN = { user: 'admin', password: 'pw<&>1' };
const OTHER = { ...GUARD, id: 'g2', name: '王值班员' };
const ADMIN = { id: 'x', name: 'admin', role: 'system_admin' } as const;
const CAM = 'cam-n07';
const STILL = { pan: 0, tilt: 0, zoom: 0 };

let dir: string;
let clock: TestClock;
let device: OnvifDevice;
let kernel: Kernel;
let ptz: PtzService;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'guardroom-ptz-'));
  clock = new TestClock();
  device = await startOnvifDevice({ login: LOGIN, nowMs: () => clock.nowMs() });
  kernel = openKernel(dir, clock, undefined, [base, tours]);
  const camera = kernel.ports.site.camera(CAM)!;
  const onvif = { address: device.host, port: device.port };
  kernel.site.put(ADMIN, 'cameras', { ...camera, ptz: true, username: LOGIN.user, onvif }, LOGIN.password);
  ptz = createPtzService(kernel.ports, () => true, {
    putMount: (actor, id, mount) =>
      kernel.site.put(actor, 'cameras', { ...kernel.ports.site.camera(id), mount } as never),
  });
});
afterEach(async () => {
  await ptz.close();
  await kernel.close();
  await device.stop();
  rmSync(dir, { recursive: true, force: true });
});
const state = () => ptz.live.get(CAM)!;
const told = (name: string) => device.calls.filter((call) => call.name === name).length;

describe('moves', () => {
  it('goes as long as it is renewed, and stops by itself within a second when it is not', async () => {
    for (let time = 0; time < 4; time += 1) {
      await ptz.move(GUARD, CAM, { ...STILL, pan: 0.1 });
      clock.advance(500);
    }
    expect(device.head.position().pan).toBeCloseTo(0.2);
    expect(state()).toMatchObject({ moving: true, holder: GUARD.name });
    clock.advance(500);
    await waitFor('a standstill', () => !device.head.moving());
    expect(device.head.position().pan).toBeCloseTo(0.25);
    clock.advance(10_000);
    expect(device.head.position().pan).toBeCloseTo(0.25);
    expect(told('Stop')).toBe(1);
  });
  it('a station that dies leaves the camera its own limit', async () => {
    await ptz.move(GUARD, CAM, { ...STILL, tilt: 0.1 });
    clock.jump(60_000);
    expect(device.head.position().tilt).toBeCloseTo(0.2);
  });
  it('stops when told, and a new direction replaces the old one', async () => {
    await ptz.move(GUARD, CAM, { ...STILL, pan: 0.5 });
    clock.advance(200);
    await ptz.move(GUARD, CAM, { ...STILL, zoom: 0.5 });
    clock.advance(200);
    await ptz.stop(GUARD, CAM);
    clock.advance(5_000);
    expect(device.head.position().pan).toBeCloseTo(0.1);
    expect(device.head.position().zoom).toBeCloseTo(0.1);
  });
  it('relative, absolute, click to centre and home', async () => {
    await ptz.absolute(GUARD, CAM, { pan: -0.5, zoom: 0.5 }, 1);
    clock.advance(5_000);
    await ptz.relative(GUARD, CAM, { ...STILL, pan: 0.25 }, 1);
    clock.advance(5_000);
    expect(device.head.position()).toMatchObject({ pan: -0.25, zoom: 0.5 });
    await ptz.centre(GUARD, CAM, { x: 0.5, y: -0.25 }, 16 / 9);
    clock.advance(5_000);
    expect(device.head.position()).toMatchObject({ pan: 0.25, tilt: -0.25 });
    await ptz.home(GUARD, CAM, 1);
    clock.advance(5_000);
    expect(device.head.position()).toEqual(STILL);
  });
  it('presets are kept, gone to, named anew and removed, and that is audited', async () => {
    await ptz.absolute(GUARD, CAM, { pan: 0.5 }, 1);
    clock.advance(5_000);
    const { token } = await ptz.setPreset(GUARD, CAM, '北门 <外>');
    expect(state().presets).toEqual([{ token, name: '北门 <外>' }]);
    await ptz.home(GUARD, CAM, 1);
    clock.advance(5_000);
    await ptz.gotoPreset(GUARD, CAM, token, 1);
    clock.advance(5_000);
    expect(device.head.position().pan).toBe(0.5);
    await ptz.removePreset(GUARD, CAM, token);
    expect(state().presets).toEqual([]);
    const actions = kernel.audited().map(({ action }) => action);
    expect(actions.slice(-2)).toEqual(['ptz.preset_set', 'ptz.preset_remove']);
  });
});

describe('control', () => {
  it('shows who holds it, refuses an equal, and is taken over by a higher role on the record', async () => {
    await ptz.move(GUARD, CAM, { ...STILL, pan: 0.1 });
    await expect(ptz.move(OTHER, CAM, { ...STILL, pan: -0.1 })).rejects.toMatchObject({
      reason: 'ptz.held',
      params: { name: GUARD.name, seconds: 15 },
    });
    ptz.take(LEADER, CAM);
    expect(state()).toMatchObject({ holder: LEADER.name, role: 'shift_leader' });
    expect(kernel.audited().at(-1)).toMatchObject({ action: 'ptz.take_over', target: CAM });
    await expect(ptz.stop(GUARD, CAM)).rejects.toMatchObject({ reason: 'ptz.held' });
  });
  it('is released after 15 s, and the tour of presets resumes', async () => {
    await ptz.absolute(GUARD, CAM, { pan: 0.5 }, 1);
    clock.advance(3_000);
    const a = await ptz.setPreset(GUARD, CAM, 'a');
    await ptz.absolute(GUARD, CAM, { pan: -0.5 }, 1);
    clock.advance(3_000);
    const b = await ptz.setPreset(GUARD, CAM, 'b');
    const steps = [a, b].map(({ token }) => ({ presetToken: token, dwellSeconds: 20 }));
    ptz.setRest(GUARD, CAM, { mode: 'tour', steps, schedule: [] });
    expect(state().touring).toBe(false);
    clock.advance(15_000);
    expect(state()).toMatchObject({ holder: null, touring: true });
    await waitFor('the first preset', () => told('GotoPreset') === 1);
    clock.advance(5_000);
    expect(device.head.position().pan).toBe(0.5);
    await waitFor('the second preset', () => {
      clock.advance(1_000);
      return told('GotoPreset') === 2;
    });
    clock.advance(5_000);
    expect(device.head.position().pan).toBe(-0.5);
    ptz.take(GUARD, CAM);
    expect(state()).toMatchObject({ touring: false, holder: GUARD.name });
  });
  it('a tour whose login is refused does not try on until the account is locked', async () => {
    const { token } = await ptz.setPreset(GUARD, CAM, 'a');
    await ptz.close();
    device.setPassword('another');
    const steps = [{ presetToken: token, dwellSeconds: 20 }];
    ptz = createPtzService(kernel.ports, () => true, { putMount: () => undefined });
    ptz.setRest(GUARD, CAM, { mode: 'tour', steps, schedule: [] });
    await waitFor('the refusal', () => state().reason === 'wrong_password');
    const calls = device.calls.length;
    clock.advance(899_000);
    // questions of somebody else, behind which one of the tour's would have been heard
    for (let time = 0; time < 5; time += 1) await fetch(`http://${device.host}:${device.port}/`);
    expect(device.calls.length).toBe(calls);
    clock.advance(1_000);
    await waitFor('the next try', () => device.calls.length > calls);
    await waitFor('its refusal', () => state().reason === 'wrong_password');

    const camera = kernel.ports.site.camera(CAM)!;
    kernel.site.put(ADMIN, 'cameras', { ...camera }, 'another');
    await waitFor('the preset', () => told('GotoPreset') === 1);
  });
  it('kept, it outlasts the idle time', () => {
    ptz.keep(GUARD, CAM, true);
    clock.advance(60_000);
    expect(state()).toMatchObject({ holder: GUARD.name, kept: true });
    ptz.release(GUARD, CAM);
    expect(state().holder).toBeNull();
  });
});

describe('looking at a point of the map', () => {
  const [lng, lat] = [108.37, 22.83];
  const east: [number, number] = [lng + 0.0003, lat];
  it('turns the camera that sees it, once it is free for that person, and is one record', async () => {
    const answer = await ptz.lookAt(GUARD, east, 0);
    expect(answer).toEqual([{ cameraId: CAM, outcome: 'turned', holder: null, seconds: null, reason: null }]);
    clock.advance(5_000);
    // it looks south at pan 0: east is a quarter turn back
    expect(device.head.position().pan).toBeCloseTo(-0.5, 3);
    expect(device.head.position().tilt).toBeLessThan(0);
    expect(device.head.position().zoom).toBeGreaterThan(0);
    expect(state()).toMatchObject({ holder: GUARD.name });
    expect(kernel.audited().at(-1)).toMatchObject({ action: 'ptz.look_at' });
    expect(kernel.audited().filter(({ action }) => action === 'ptz.look_at')).toHaveLength(1);
  });
  it('does not take a camera from an equal or a higher role, and says who has it', async () => {
    ptz.take(LEADER, CAM);
    const answer = await ptz.lookAt(GUARD, east, 0);
    expect(answer[0]).toMatchObject({ outcome: 'held', holder: LEADER.name, seconds: 15 });
    expect(told('AbsoluteMove')).toBe(0);
    expect(state()).toMatchObject({ holder: LEADER.name });
    ptz.release(LEADER, CAM);
    await ptz.lookAt(OTHER, east, 0);
    expect((await ptz.lookAt(LEADER, east, 0))[0]).toMatchObject({ outcome: 'turned' });
    expect(kernel.audited().some(({ action }) => action === 'ptz.take_over')).toBe(true);
  });
  it('leaves out what is too far, and tells a camera that is away from one that cannot', async () => {
    expect(await ptz.lookAt(GUARD, [lng + 0.01, lat], 0)).toEqual([]);
    const camera = kernel.ports.site.camera(CAM)!;
    kernel.site.put(ADMIN, 'cameras', { ...camera, mount: { heightMetres: 6, panHalfDegrees: 45 } });
    expect((await ptz.lookAt(GUARD, east, 0))[0]).toMatchObject({ outcome: 'out_of_range' });
    expect(state().holder).toBeNull();
    kernel.site.put(ADMIN, 'cameras', { ...camera, onvif: { address: device.host, port: 9 } });
    expect((await ptz.lookAt(GUARD, east, 0))[0]).toMatchObject({
      outcome: 'unreachable',
      reason: 'refused',
    });
  });
  it('learns how the camera hangs from two points, and then finds a third', async () => {
    const north: [number, number] = [lng, lat + 0.0003];
    const marks = [
      { at: east, pan: 0.25, tilt: -0.1 },
      { at: north, pan: -0.25, tilt: -0.1 },
    ];
    const { mount, errorDegrees } = ptz.calibrate(LEADER, CAM, 6, marks);
    expect(errorDegrees).toBeLessThan(1);
    expect(mount).toMatchObject({ heightMetres: 6, clockwise: true });
    expect(kernel.ports.site.camera(CAM)?.mount).toEqual(mount);
    await ptz.lookAt(GUARD, [lng + 0.0002, lat + 0.0002 * Math.cos((lat * Math.PI) / 180)], 0);
    clock.advance(5_000);
    expect(device.head.position().pan).toBeCloseTo(0, 2);
  });
  it('fills the picture with a box', async () => {
    await ptz.frame(GUARD, CAM, { x: 0.5, y: 0, size: 0.25 }, 16 / 9);
    clock.advance(5_000);
    // four times, of the twenty that domes usually have
    expect(device.head.position()).toMatchObject({ pan: 0.5 });
    expect(device.head.position().zoom).toBeCloseTo(3 / 19, 3);
  });
});

describe('a camera that another system turns', () => {
  it('is asked while somebody sees it, at most every 9 s, and followed while it moves', async () => {
    await ptz.open(CAM);
    const asked = told('GetStatus');
    device.head.absolute({ pan: 0.5 });
    ptz.whereabouts([CAM, 'cam-x']);
    await waitFor('the camera on its way', () => state().moving);
    clock.advance(5_000);
    await waitFor('where it stands', () => {
      clock.advance(400);
      return !state().moving;
    });
    expect(state()).toMatchObject({ holder: null, position: { pan: 0.5 } });
    const before = told('GetStatus');
    expect(before).toBeGreaterThan(asked);
    device.head.absolute({ pan: -0.5 });
    clock.advance(2_000);
    for (let time = 0; time < 3; time += 1) ptz.whereabouts([CAM]);
    clock.advance(10_000);
    for (let time = 0; time < 3; time += 1) ptz.whereabouts([CAM]);
    await waitFor('its new place', () => state().position?.pan === -0.5);
    expect(told('GetStatus')).toBeLessThanOrEqual(before + 2);
    // nobody sees it: nobody asks
    const last = told('GetStatus');
    clock.advance(60_000);
    expect(told('GetStatus')).toBe(last);
  });
  it('one that refused its login is not asked again by being seen', async () => {
    device.setPassword('another');
    ptz.whereabouts([CAM]);
    await waitFor('the refusal', () => state().reason === 'wrong_password');
    const calls = device.calls.length;
    clock.advance(20_000);
    ptz.whereabouts([CAM]);
    expect(device.calls.length).toBe(calls);
  });
});

describe('what cannot be', () => {
  it('a camera that is away is a worded refusal and stands in its state', async () => {
    await device.stop();
    await expect(ptz.home(GUARD, CAM, 1)).rejects.toMatchObject({ reason: 'ptz.device.refused' });
    expect(state().reason).toBe('refused');
  });
  it('a wrong password is told as such', async () => {
    device.setPassword('another');
    expect((await ptz.open(CAM)).reason).toBe('wrong_password');
  });
  it('a camera without PTZ, or unknown', async () => {
    kernel.site.put(ADMIN, 'cameras', { ...kernel.ports.site.camera(CAM)!, ptz: false });
    await expect(ptz.home(GUARD, CAM, 1)).rejects.toMatchObject({ reason: 'ptz.none' });
    await expect(ptz.open('cam-x')).rejects.toMatchObject({ reason: 'camera.unknown' });
    expect(ptz.live.size).toBe(0);
  });
});
