/**
 * What the station does by itself for an action. Announcements come from the broadcast feature,
 * which registers its own executor (`wiring.ts`).
 */
import { fail } from '#station/errors.ts';
import type { DevicesPort, EffectExecutor, EffectsPort, SitePort } from '#station/ports.ts';

/** The console shows the cameras that the run lists; a camera that the site does not have is an error in the plan. */
function showCameras(site: SitePort): EffectExecutor<'show_cameras'> {
  return async ({ action, runId }) => {
    if (runId === null) fail('INVALID', 'effect.no_run');
    const ids = action.cameraIds === 'alarm' ? [] : action.cameraIds;
    if (!ids.some((id) => site.camera(id))) fail('NOT_FOUND', 'effect.unknown_camera');
    return { rung: 'confirmed', reason: null };
  };
}

/** Puts the call-out list before the guard; who rings the contacts also says that it is done. */
function notify(site: SitePort): EffectExecutor<'notify'> {
  return async ({ action }) => {
    if (!action.contactIds.some((id) => site.contact(id))) fail('NOT_FOUND', 'effect.unknown_contact');
    return { rung: 'started', reason: null };
  };
}

function deviceCommand(devices: DevicesPort): EffectExecutor<'device_command'> {
  return async ({ action, actor, idempotencyKey }, progress) => {
    const { deviceId, command, params } = action;
    progress({ rung: 'accepted', reason: null });
    const { rung, reason } = await devices.command({ deviceId, command, params, actor, idempotencyKey });
    if (rung === 'timeout') return { rung: 'failed', reason: 'effect.timeout' };
    // Sent and no more: the broker took it, and whether the device did is not known.
    if (rung === 'sent') return { rung: 'accepted', reason };
    return { rung, reason };
  };
}

/** Registers all of them. A device's answer is awaited by the devices feature, whose limit is shorter. */
export function registerExecutors(
  effects: EffectsPort,
  { site, devices }: { site: SitePort; devices: DevicesPort },
): void {
  effects.register('show_cameras', showCameras(site), { timeoutMs: 5_000, afterRestart: 'repeat' });
  effects.register('notify', notify(site), { timeoutMs: 5_000, afterRestart: 'repeat' });
  effects.register('device_command', deviceCommand(devices), { timeoutMs: 120_000, afterRestart: 'fail' });
}
