import type { Camera } from '#contract/site.ts';
import { deviceOfOnvif } from '#domain/camera-device.ts';
import { deviceUrl } from '#native/onvif/address.ts';
import type { LoginDoor, LoginMemory } from '#native/process/login-memory.ts';

/**
 * The doors of those cameras that a person's question to an ONVIF device concerns: with the same login. Whoever asks a
 * device tries its login, which a station that waits for it has to hear of.
 */
export function doorsAt(
  logins: LoginMemory,
  cameras: readonly Camera[],
  at: { host: string; port: number; secure: boolean; username: string; password: string },
): LoginDoor[] {
  const devices = new Set<string>();
  for (const camera of cameras) {
    const { onvif } = camera;
    if (onvif?.port === at.port && onvif.address.toLowerCase() === at.host.toLowerCase())
      devices.add(deviceOfOnvif({ ...camera, onvif }));
  }
  const login = { user: at.username, password: at.password };
  return [...devices].map((device) => logins.door({ device, ...login }, deviceUrl(at), { isBeside: true }));
}
