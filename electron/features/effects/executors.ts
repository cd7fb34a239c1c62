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

/**
 * The devices feature sends a key once: asked again after a restart it answers with what is known of
 * the command, which then is that nobody waited for the end.
 */
function deviceCommand(devices: Pick<DevicesPort, 'command'>): EffectExecutor<'device_command'> {
  return async ({ action, actor, idempotencyKey }, progress) => {
    const { deviceId, command, params } = action;
    progress({ rung: 'accepted', reason: null });
    const { rung, reason } = await devices.command({ deviceId, command, params, actor, idempotencyKey });
    if (rung === 'timeout') {
      return { rung: 'failed', reason: reason === 'restart' ? 'effect.interrupted' : 'effect.timeout' };
    }
    // Sent and no more: the broker took it, and whether the device did is not known.
    return { rung: rung === 'sent' ? 'accepted' : rung, reason };
  };
}

/** Longer than the devices feature may be set to wait for a reply. */
const COMMAND_TIMEOUT_MS = 660_000;

/** Registers all of them. */
export function registerExecutors(
  effects: EffectsPort,
  { site, devices }: { site: SitePort; devices: Pick<DevicesPort, 'command'> },
): void {
  effects.register('show_cameras', showCameras(site), { timeoutMs: 5_000, afterRestart: 'repeat' });
  effects.register('notify', notify(site), { timeoutMs: 5_000, afterRestart: 'repeat' });
  effects.register('device_command', deviceCommand(devices), {
    timeoutMs: COMMAND_TIMEOUT_MS,
    afterRestart: 'repeat',
  });
}
