import { describe, expect, it } from 'vitest';
import { deviceOf, deviceOfOnvif, deviceOfStream, secretsInAddress } from '#domain/camera-device.ts';

const camera = { mainUrl: 'rtsp://Gate.local/main', onvif: { address: 'gate.local', port: 8_000 } };

describe('the device that counts wrong passwords', () => {
  it.each([
    ['rtsp://Gate.local/main', 'gate.local 554'],
    ['rtsps://gate.local/main', 'gate.local 322'],
    ['rtsp://gate.local:8554?channel=2', 'gate.local 8554'],
    ['rtsp://[FE80::1]:554/a', 'fe80::1 554'],
  ])('of %s', (url, device) => expect(deviceOfStream(url)).toBe(device));

  it('is one for all streams of a camera at one host, and for its ONVIF', () => {
    const device = 'gate.local 554';
    expect(deviceOf(camera, camera.mainUrl)).toBe(device);
    expect(deviceOf(camera, 'rtsp://gate.local:8554/sub')).toBe(device);
    expect(deviceOfOnvif(camera)).toBe(device);
    const six = { mainUrl: 'rtsp://[fe80::1]/a', onvif: { address: 'FE80::1', port: 80 } };
    expect(deviceOfOnvif(six)).toBe('fe80::1 554');
  });

  it('is another one at another host, and at another port of RTSP: a router stands before many cameras', () => {
    expect(deviceOf(camera, 'rtsp://recorder/7')).toBe('recorder 554');
    expect(deviceOfOnvif({ ...camera, mainUrl: 'rtsp://recorder/7' })).toBe('gate.local onvif 8000');
    expect(deviceOfStream('rtsp://router:8001/a')).not.toBe(deviceOfStream('rtsp://router:8002/a'));
  });
});

it('what is secret in an address belongs to the login', () => {
  expect(secretsInAddress('rtsp://cam/user=admin_password=s1_channel=1.sdp?pwd=s2')).toEqual(['s1', 's2']);
  expect(secretsInAddress(camera.mainUrl)).toEqual([]);
});
