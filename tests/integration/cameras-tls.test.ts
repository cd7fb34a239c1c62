import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOnvifClient } from '#native/onvif/client.ts';
import { getProfiles } from '#native/onvif/media.ts';
import type { SeenCertificate } from '#native/tls/pinned.ts';
import { startTestStation, type TestStation } from '#tests/fixtures/station.ts';
import { makeCameraCertificate } from '#tests/peers/certificates.ts';
import { startOnvifDevice, type OnvifDevice } from '#tests/peers/onvif-device.ts';

const login = { user: 'admin', password: 'camera-password' };
const folder = mkdtempSync(join(tmpdir(), 'guardroom-tls-'));
const [own, other] = ['own', 'other'].map((name) => makeCameraCertificate(folder, name)) as [
  ReturnType<typeof makeCameraCertificate>,
  ReturnType<typeof makeCameraCertificate>,
];
let device: OnvifDevice;

beforeAll(async () => {
  device = await startOnvifDevice({ login, tls: own, plainAddresses: true });
});
afterAll(async () => {
  await device?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('ONVIF over HTTPS', () => {
  it('works with a certificate that nobody signed, and stays on TLS whatever the device writes', async () => {
    const seen: SeenCertificate[] = [];
    const trusts = (one: SeenCertificate) => seen.push(one) > 0;
    const client = createOnvifClient({ url: device.url, login, trusts });
    expect(await getProfiles(client)).toHaveLength(1);
    const addresses = [...(await client.services()).values()];
    expect(addresses.map(({ protocol }) => protocol)).toEqual(addresses.map(() => 'https:'));
    client.close();
    expect(seen[0]).toMatchObject({ host: '127.0.0.1', port: device.port });
    expect(seen[0]!.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('nothing is said to a device whose certificate is refused', async () => {
    const before = device.calls.length;
    const client = createOnvifClient({ url: device.url, login, trusts: () => false });
    await expect(getProfiles(client)).rejects.toMatchObject({ code: 'certificate_changed' });
    client.close();
    expect(device.calls.length).toBe(before);
  });

  it('the first certificate is the trusted one; another is refused until a person accepts it', async () => {
    const park: TestStation = await startTestStation();
    try {
      const admin = await park.client('admin');
      const ask = () =>
        admin.cameras.probe({ host: '127.0.0.1', port: device.port, secure: true, username: login.user, password: login.password }); // prettier-ignore
      const first = await ask();
      expect(first).toMatchObject({ reason: null, device: { manufacturer: 'Guardroom' } });
      const { sha256 } = first.device!.certificate!;
      device.setCertificate(other);
      const calls = device.calls.length;
      const second = await ask();
      expect(second).toMatchObject({ reason: 'certificate_changed', device: null });
      expect(device.calls.length).toBe(calls);
      expect(second.params['sha256']).not.toBe(sha256);
      await admin.cameras.trust({
        host: '127.0.0.1',
        port: device.port,
        sha256: String(second.params['sha256']),
      });
      expect((await ask()).reason).toBeNull();
      const { items } = await (await park.client('audit')).system.audit({ limit: 20 });
      expect(items.find(({ action }) => action === 'camera.trust')?.target).toBe(`127.0.0.1:${device.port}`);
    } finally {
      await park.end();
    }
  });
});
