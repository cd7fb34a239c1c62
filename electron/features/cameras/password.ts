import type { JsonObject } from '#contract/base.ts';
import type { Camera } from '#contract/site.ts';
import { hostsGained } from '#domain/camera-hosts.ts';
import { deviceUrl } from '#native/onvif/address.ts';
import { createOnvifClient } from '#native/onvif/client.ts';
import { setPassword } from '#native/onvif/device.ts';
import { OnvifError } from '#native/onvif/errors.ts';
import type { CertificateCheck } from '#native/tls/pinned.ts';

/**
 * Sets another password on a device.
 * @returns null, or why not: nothing was changed then
 */
export async function changeOnDevice(
  camera: Camera & { onvif: NonNullable<Camera['onvif']>; username: string },
  login: { before: string; after: string },
  trusts: CertificateCheck,
): Promise<{ reason: string; params: JsonObject } | null> {
  const client = createOnvifClient({
    url: deviceUrl({ ...camera.onvif, host: camera.onvif.address }),
    login: { user: camera.username, password: login.before },
    trusts,
  });
  try {
    await setPassword(client, camera.username, login.after);
    return null;
  } catch (error) {
    if (!(error instanceof OnvifError)) throw error;
    const isWeak = /^Password(TooWeak|TooLong)|^InvalidPassword/i.test(String(error.params['fault'] ?? ''));
    return { reason: isWeak ? 'password_refused' : error.code, params: { ...error.params } };
  } finally {
    client.close();
  }
}

/** Whether a password of the one camera may go to the other as well. */
export const reachesNoOther = (camera: Camera, other: Camera): boolean =>
  hostsGained(camera, other).length === 0;

/**
 * Cameras that log in to the same device as the same user: a recorder's channels have one login. One that reaches a
 * further host is none of them: somebody could have put it there to be given the password.
 */
export const sharingLogin = (camera: Camera, all: readonly Camera[]): Camera[] =>
  all.filter(
    (one) =>
      one.id === camera.id ||
      (one.username === camera.username &&
        one.onvif?.address === camera.onvif?.address &&
        one.onvif?.port === camera.onvif?.port &&
        reachesNoOther(camera, one)),
  );
