import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostOfAddress, hostsGained } from '#domain/camera-hosts.ts';

const camera = { mainUrl: 'rtsp://10.0.0.1:554/main', subUrl: 'rtsp://10.0.0.1:554/sub' };
const onvif = (address: string) => ({ onvif: { address } });

describe('the host of an address', () => {
  it.each([
    ['RTSP://Gate.Local:8554/a', 'gate.local'],
    [' rtsps://10.0.0.1?x=rtsp://10.0.0.2', '10.0.0.1'],
    ['rtsp://[FE80::1]:554/a', '[fe80::1]'],
    // what stands in front of an @ is a login, however much it looks like a host
    ['rtsp://10.0.0.1:x@10.0.0.2/a', '10.0.0.2'],
    ['rtsp://10.0.0.1\\@10.0.0.2/a', '10.0.0.2'],
    // the Kelvin sign is no k
    ['rtsp://\u212Aamera/a', '\u212Aamera'],
    ['rtsp:\n//10.0.0.1/a', undefined],
    ['', undefined],
  ])('%j', (url, host) => expect(hostOfAddress(url)).toBe(host));
});

describe('a camera gains a host', () => {
  it.each([
    ['with its main stream', { ...camera, mainUrl: 'rtsp://10.0.0.2/main' }, ['10.0.0.2']],
    ['with its sub stream', { ...camera, subUrl: 'rtsp://10.0.0.2/sub' }, ['10.0.0.2']],
    ['with ONVIF', { ...camera, ...onvif('10.0.0.2') }, ['10.0.0.2']],
    ['with each', { mainUrl: 'rtsp://a/1', subUrl: 'rtsp://b/1', ...onvif('C') }, ['a', 'b', 'c']],
    ['that merely begins like its own', { mainUrl: 'rtsp://10.0.0.1.evil/main' }, ['10.0.0.1.evil']],
    ['whose name only looks like its own', { mainUrl: 'rtsp://10.0.0.1\t/main' }, []],
    ['by a blank that belongs to the name', { mainUrl: 'rtsp://10.0.0.1\u00A0/main' }, ['10.0.0.1\u00A0']],
    ['by what is no address', { ...camera, subUrl: 'rtsp:\n//10.0.0.1/a' }, ['rtsp:\n//10.0.0.1/a']],
  ])('%s', (_, after, gained) => expect(hostsGained(camera, after)).toEqual(gained));
  it.each([
    ['another path, port, scheme', { mainUrl: 'rtsps://10.0.0.1:322/other' }],
    ['main and sub changed about', { mainUrl: camera.subUrl, subUrl: camera.mainUrl }],
    ['ONVIF on the same host', { ...camera, ...onvif('10.0.0.1') }],
    ['one stream less', { mainUrl: camera.mainUrl }],
  ])('not by %s', (_, after) => expect(hostsGained(camera, after)).toEqual([]));
  it('by a letter that only Unicode takes for a capital of its own', () => {
    const after = { mainUrl: 'rtsps://\u212Aamera/main' };
    expect(hostsGained({ mainUrl: 'rtsps://kamera/main' }, after)).toEqual(['\u212Aamera']);
  });
  it('not by brackets and capitals', () => {
    const before = { mainUrl: 'rtsp://[fe80::1]/a', ...onvif('Gate') };
    expect(hostsGained(before, { mainUrl: 'rtsp://GATE/a', ...onvif('FE80::1') })).toEqual([]);
  });
  it('never by going back to some of what it had, always by a host that is new', () => {
    const host = fc.constantFrom('a', 'b', 'c', 'd');
    const any = fc.record({
      mainUrl: host.map((one) => `rtsp://${one}:554/x`),
      subUrl: fc.option(host.map((one) => `rtsp://${one}/y`), { nil: undefined }), // prettier-ignore
      onvif: fc.option(host.map((address) => ({ address })), { nil: undefined }), // prettier-ignore
    });
    fc.assert(
      fc.property(any, any, (before, after) => {
        const had = JSON.stringify(before);
        for (const one of ['a', 'b', 'c', 'd']) {
          const reaches = (text: string) => text.includes(`//${one}`) || text.includes(`"address":"${one}"`);
          expect(hostsGained(before, after).includes(one)).toBe(reaches(JSON.stringify(after)) && !reaches(had)); // prettier-ignore
        }
        expect(hostsGained(after, after)).toEqual([]);
      }),
    );
  });
});
