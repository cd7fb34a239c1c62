/**
 * Devices on two networks and one that answers on both, alone in a network namespace whose only interfaces are loopback
 * and two dummies, so that nothing reaches a real network. Prints one JSON line.
 */
import { discover, ownAddresses } from '#native/onvif/discovery.ts';
import { startOnvifDevice } from '#tests/peers/onvif-device.ts';

const urn = (n: number) => `urn:uuid:00000000-0000-0000-0000-00000000000${n}`;
const devices = [
  await startOnvifDevice({ host: '10.77.1.1', discovery: true, urn: urn(1), vendor: 'hikvision' }),
  await startOnvifDevice({ host: '10.77.2.1', discovery: true, urn: urn(2), vendor: 'dahua' }),
  await startOnvifDevice({ host: '10.77.1.1', discovery: true, urn: urn(3), vendor: 'axis' }),
  await startOnvifDevice({ host: '10.77.2.1', discovery: true, urn: urn(3), vendor: 'axis' }),
];
const all = await discover({ durationMs: 1_200 });
const one = await discover({ durationMs: 1_200, interfaces: ['10.77.1.1', '10.99.9.9'] });
const shown = (found: Awaited<ReturnType<typeof discover>>) => ({
  interfaces: found.interfaces,
  devices: found.devices
    .map(({ id, name, urls, heardOn }) => ({
      id,
      name,
      hosts: urls.map((url) => new URL(url).hostname).sort(),
      heardOn: heardOn.sort(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1)),
});
console.log(JSON.stringify({ own: ownAddresses().sort(), all: shown(all), one: shown(one) }));
await Promise.all(devices.map((device) => device.stop()));
