import type { OnvifClient } from './client.ts';
import { OnvifError } from './errors.ts';
import { children, escapeXml, text } from './xml.ts';

export interface DeviceInformation {
  manufacturer: string;
  model: string;
  firmware: string;
  serialNumber: string;
}

/** Who made the device. Needs the login on most devices, so it is a test of the login too. @throws OnvifError */
export async function getDeviceInformation(client: OnvifClient): Promise<DeviceInformation> {
  const answer = await client.call('device', '<tds:GetDeviceInformation/>');
  return {
    manufacturer: text(answer, 'Manufacturer') ?? '',
    model: text(answer, 'Model') ?? '',
    firmware: text(answer, 'FirmwareVersion') ?? '',
    serialNumber: text(answer, 'SerialNumber') ?? '',
  };
}

/**
 * Sets another password for a user, who keeps the level that he has.
 * @throws OnvifError `fault` with the device's reason (`PasswordTooWeak`, `PasswordTooLong`), not_supported: no such user
 */
export async function setPassword(client: OnvifClient, user: string, password: string): Promise<void> {
  const users = children(await client.call('device', '<tds:GetUsers/>'), 'User');
  const level = users
    .map((one) => ({ name: text(one, 'Username'), level: text(one, 'UserLevel') }))
    .find(({ name }) => name === user)?.level;
  if (!level) throw new OnvifError('not_supported', { service: 'users' });
  await client.call(
    'device',
    `<tds:SetUser><tds:User><tt:Username>${escapeXml(user)}</tt:Username><tt:Password>${escapeXml(password)}</tt:Password>` +
      `<tt:UserLevel>${escapeXml(level)}</tt:UserLevel></tds:User></tds:SetUser>`,
  );
}
