/** Logins inside of stream addresses: found, sealed in their place, opened for their own host only. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { streamUrl } from '#contract/site.ts';
import { streamKey } from '#domain/stream-address.ts';
import { hasOpenLogin, hasSealedLogin, openLogin, sealLogin, shownAddress, withoutLogin } from '#domain/stream-login.ts'; // prettier-ignore
import { createAddressSeal } from '#features/site/address-seal.ts';
import { secretsOf } from '#native/ffmpeg/source.ts';
import { openVault } from '#station/vault.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardroom-'));
afterAll(() => rmSync(folder, { recursive: true }));
const addresses = createAddressSeal(openVault(join(folder, 'key')));
const others = createAddressSeal(openVault(join(folder, 'other')));

const WITH = [
  ['rtsp://10.0.0.9:554/user=admin_password=Xy7pQ2_z_channel=1_stream=0.sdp', 'Xy7pQ2_z'],
  ['rtsp://10.0.0.9/user=admin_password=tlJwpbo6_channel=1_stream=1.sdp?real_stream', 'tlJwpbo6'],
  ['rtsp://10.0.0.9/user=admin&password=S3cret%26x&channel=1&stream=0.sdp?', 'S3cret%26x'],
  ['rtsp://10.0.0.9/live/ch0?user=admin&pwd=S3cret', 'S3cret'],
  ['rtsp://10.0.0.9/live?username=a&passwd=S3cret&x=1', 'S3cret'],
  ['rtsp://10.0.0.9/cam?auth=YWRtaW46eA==', 'YWRtaW46eA=='],
  ['rtsp://10.0.0.9/0/admin:S3cret/main', 'S3cret'],
  // in a query a value ends at & only
  ['rtsp://10.0.0.9/live?user=a&pwd=S3/cr?e=t_x=1&x=1', 'S3/cr?e=t_x=1'],
  ['rtsp://10.0.0.9/live?pwd=S3cret~%25密码', 'S3cret~%25密码'],
  ['rtsp://10.0.0.9/?user=a_password=S3cret_channel=1', 'S3cret'],
  ['rtsp://10.0.0.9/cam/realmonitor?channel=1&subtype=0&authbasic=YWRtaW46eA==', 'YWRtaW46eA=='],
  ['rtsp://10.0.0.9/live?access_token=S3cret', 'S3cret'],
  ['rtsp://10.0.0.9/live?x=1&admin_password=S3cret&y=1', 'S3cret'],
] as const;
const WITHOUT = [
  'rtsp://10.0.0.9/Streaming/Channels/101',
  'rtsp://10.0.0.9/cam/realmonitor?channel=1&subtype=0',
  'rtsp://10.0.0.9/user=admin_password=_channel=1_stream=0.sdp',
  'rtsp://[fe80::1]:554/onvif1?compass=3',
  'rtsp://10.0.0.9/bypass=1/main',
  // which stream, no secret
  'rtsp://10.0.0.9/onvif?token=profile_1',
];

describe('addresses with a login', () => {
  it.each(WITH)('%s', (url, secret) => {
    expect(hasOpenLogin(url)).toBe(true);
    const sealed = addresses.seal(url);
    expect(sealed).not.toContain(secret);
    expect(sealed.startsWith('rtsp://10.0.0.9')).toBe(true);
    expect(hasOpenLogin(sealed)).toBe(false);
    expect(hasSealedLogin(sealed)).toBe(true);
    expect(streamUrl.safeParse(sealed).success).toBe(true);
    expect(new URL(sealed).href).toContain(/sealed~[\w-]+~/.exec(sealed)![0]);
    expect(addresses.open(sealed)).toBe(url);
    expect(addresses.seal(sealed)).toBe(sealed);
    expect(shownAddress(url)).toBe(url.replace(secret, '•••'));
    expect(shownAddress(sealed)).toBe(shownAddress(url));
    // the same stream, however it is sealed
    expect(streamKey(sealed)).toBe(streamKey(url));
    expect(withoutLogin(addresses.seal(url))).toBe(withoutLogin(sealed));
  });
  it.each(WITHOUT)('none in %s', (url) => {
    expect(hasOpenLogin(url)).toBe(false);
    expect(addresses.seal(url)).toBe(url);
    expect(addresses.open(url)).toBe(url);
    expect(shownAddress(url)).toBe(url);
  });
  it.each(['rtsp://u:S3cret@10.0.0.9/1', 'RTSP://u:S3cret@10.0.0.9/1', 'rtsps://u@10.0.0.9?x=1'])(
    'one in front of the host is refused: %s',
    (url) => {
      expect(streamUrl.safeParse(url).success).toBe(false);
    },
  );
  it('an @ behind the host is none', () => {
    expect(streamUrl.safeParse('rtsp://10.0.0.9?user=a@b').success).toBe(true);
  });
  it('one in front of the host is not shown either', () => {
    expect(shownAddress('rtsp://admin:x@10.0.0.9/1')).toBe('rtsp://•••@10.0.0.9/1');
  });
  it('whatever the password is, it comes back and is never in what is stored', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }).map((one) => `p${Buffer.from(one).toString('hex')}q`), (secret) => {
        const url = `rtsp://10.0.0.9/user=admin_password=${secret}_channel=2_stream=0.sdp`;
        const sealed = sealLogin(url, (one) => Buffer.from(one).toString('base64url'));
        expect(sealed).not.toContain(secret);
        expect(openLogin(sealed, (one) => Buffer.from(one, 'base64url').toString())).toBe(url);
      }),
    ); // prettier-ignore
  });
});

describe('what is sealed', () => {
  const sealed = addresses.seal(WITH[0][0]);
  it('opens for its own host only, on any port', () => {
    expect(addresses.open(sealed.replace(':554', ':8554'))).toContain('Xy7pQ2_z');
    expect(addresses.open(sealed.replace('10.0.0.9', '10.0.0.66'))).toBeNull();
  });
  it('opens at its own station only, and only as it was', () => {
    expect(others.open(sealed)).toBeNull();
    expect(addresses.open(sealed.replace(/sealed~.{4}/, 'sealed~AAAA'))).toBeNull();
    expect(
      addresses.open(`rtsp://10.0.0.9/x?pwd=sealed~${randomBytes(8).toString('base64url')}~`),
    ).toBeNull();
  });
  it('opens by the host that is reached, not by what stands in front of it', () => {
    expect(addresses.open(sealed.replace('10.0.0.9', '10.0.0.9:x@10.0.0.66'))).toBeNull();
    expect(addresses.open(sealed.replace('10.0.0.9', '10.0.0.9@10.0.0.66'))).toBeNull();
    expect(addresses.open(sealed.replace('rtsp://10.0.0.9', 'RTSP://10.0.0.9'))).toContain('Xy7pQ2_z');
  });
  it('opens in the place of a login only: elsewhere it would be shown and logged', () => {
    const token = /sealed~[\w-]+~/.exec(sealed)![0];
    for (const url of [`rtsp://10.0.0.9/${token}/1`, `rtsp://10.0.0.9/1?note=${token}`])
      expect(addresses.open(url)).toBe(url);
  });
  it('what is broken is named by its field', () => {
    const camera = { mainUrl: 'rtsp://10.0.0.9/1', subUrl: sealed.replace('10.0.0.9', '10.0.0.66') };
    expect(addresses.broken(camera as never)).toEqual(['subUrl']);
  });
});

it('logs mask the path too where it holds a login', () => {
  const source = { url: WITH[0][0], transport: 'tcp' as const };
  expect(secretsOf(source)).toEqual(['/user=admin_password=Xy7pQ2_z_channel=1_stream=0.sdp']);
  expect(secretsOf({ url: 'rtsp://10.0.0.9/a/b?c=d', transport: 'tcp' })).toEqual(['c=d']);
});
