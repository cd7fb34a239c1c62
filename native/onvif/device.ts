import type { OnvifClient } from './client.ts';
import { text } from './xml.ts';

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
