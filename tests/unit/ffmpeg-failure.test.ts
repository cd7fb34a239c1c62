import { describe, expect, it } from 'vitest';
import { FfmpegError, reasonOfText, STREAM_REASONS, streamReason } from '#native/ffmpeg/failure.ts';
import { addressWithLogin, secretsOf } from '#native/ffmpeg/source.ts';
import { CAMERA_REASONS } from '#contract/video.contract.ts';
import { ownerOf } from '#native/ffmpeg/own-socket.ts';

describe('reasons', () => {
  // Lines as ffmpeg 4.1 and 5.1 print them; the last ones as on Windows.
  it.each([
    [
      '[rtsp @ 0x1] method DESCRIBE failed: 401 Unauthorized\nrtsp://x: Server returned 401 Unauthorized (authorization failed)',
      'wrong_password',
    ],
    [
      '[rtsp @ 0x1] method DESCRIBE failed: 404 Not Found\nrtsp://x: Server returned 404 Not Found',
      'not_found',
    ],
    [
      '[rtsp @ 0x1] method SETUP failed: 461 Unsupported transport\nrtsp://x: Invalid data found when processing input',
      'refused_by_camera',
    ],
    ['[rtsp @ 0x1] method DESCRIBE failed: 503 Service Unavailable', 'refused_by_camera'],
    ['[tcp @ 0x1] Connection to tcp://10.0.0.9:554?timeout=0 failed: Connection refused', 'refused'],
    ['[tcp @ 0x1] Connection to tcp://10.0.0.9:554?timeout=0 failed: No route to host', 'no_route'],
    ['rtsp://x: Connection timed out', 'timeout'],
    ['[tcp @ 0x1] Failed to resolve hostname cam.park: Name or service not known', 'unknown_host'],
    ['[nut @ 0x1] dimensions not set\nCould not write header', 'probe_failed'],
    ["Stream map '0:v:0' matches no streams.", 'no_video'],
    ['rtsp://x: Invalid data found when processing input', 'bad_data'],
    ['Connection to tcp://10.0.0.9:554 failed: Error number -10061 occurred', 'refused'],
    ['[rtsp @ 0x1] Stream #0: not enough frames to estimate rate; consider increasing probesize', undefined],
  ])('%s', (text, reason) => {
    expect(reasonOfText(text)).toBe(reason);
  });

  it('are those of the contract', () => {
    expect([...STREAM_REASONS].sort()).toEqual([...CAMERA_REASONS].sort());
  });

  it.each([
    ['start_timeout', 'timeout'],
    ['command_not_found', 'no_ffmpeg'],
    ['probe_failed', 'bad_data'],
    ['stalled', 'stalled'],
    ['who knows', 'failed'],
  ])('of a supervisor: %s is %s', (own, reason) => {
    expect(streamReason(own)).toBe(reason);
  });
});

describe('the address with its login', () => {
  const source = { url: 'rtsp://10.0.0.9:554/ch1?sub=1', transport: 'tcp' as const };

  it.each([
    [{ ...source }, 'rtsp://10.0.0.9:554/ch1?sub=1'],
    [
      { ...source, user: 'admin', password: 'p@ss:w/d 岗' },
      'rtsp://admin:p%40ss%3Aw%2Fd%20%E5%B2%97@10.0.0.9:554/ch1?sub=1',
    ],
    [{ ...source, url: 'rtsp://cam', user: 'admin' }, 'rtsp://admin:@cam'],
  ])('%#', (given, expected) => {
    expect(addressWithLogin(given)).toBe(expected);
  });

  it.each(['http://x/y', 'rtsp://user:pw@cam/1', 'rtsp://cam/a b', ''])(
    'refuses %s without repeating it',
    (url) => {
      expect(() => addressWithLogin({ ...source, url })).toThrow(FfmpegError);
      expect(() => addressWithLogin({ ...source, url })).not.toThrow(/pw/);
    },
  );

  it('knows what is secret', () => {
    expect(secretsOf({ ...source, url: 'rtsp://cam/user=a_password=b?token=c', password: 'pw' })).toEqual([
      'pw',
      'token=c',
      '/user=a_password=b',
    ]);
  });
});

describe('the owner of a loopback connection', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 111 1',
    '   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 112 1',
  ].join('\n');

  it('is that of the other end', () => {
    expect(ownerOf(table, '0100007F:C350')).toBe(1001);
    expect(ownerOf(table, '0100007F:0001')).toBeUndefined();
  });
});
