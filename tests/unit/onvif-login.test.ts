import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestHeader, readChallenges } from '#native/onvif/http-digest.ts';
import { expandAddresses } from '#native/onvif/ranges.ts';
import { usernameToken } from '#native/onvif/security.ts';

describe('HTTP digest', () => {
  it('as in RFC 7616, 3.9.1, with the stronger one chosen', () => {
    const { digest } = readChallenges([
      'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
      'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    ]);
    const header = digestHeader(
      digest!,
      { user: 'Mufasa', password: 'Circle of Life' },
      'GET',
      '/dir/index.html',
      1,
      'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    );
    expect(header).toContain('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"');
    expect(header).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"');
  });
  it('as in RFC 2617, 3.5', () => {
    const { digest } = readChallenges([
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    ]);
    const header = digestHeader(
      digest!,
      { user: 'Mufasa', password: 'Circle Of Life' },
      'GET',
      '/dir/index.html',
      1,
      '0a4f113b',
    );
    expect(header).toContain('response="6629fae49393a05397450978507c4ef1"');
  });
  it('challenges that share a header, in odd cases', () => {
    expect(
      readChallenges(['Basic realm="a, Digest b", DIGEST realm="x",nonce="n",stale=TRUE']),
    ).toMatchObject({
      basic: true,
      digest: { realm: 'x', nonce: 'n', stale: true, qop: false, algorithm: 'MD5' },
    });
    expect(
      readChallenges(['Negotiate', 'Digest realm="no nonce"', 'Digest nonce="a", algorithm=FOO']),
    ).toEqual({
      basic: false,
    });
  });
});

describe('WS-Security', () => {
  it('as in the ONVIF programmer guide, 6.1', () => {
    const token = usernameToken(
      { user: 'user', password: 'userpassword' },
      Date.parse('2010-09-16T07:50:45.000Z'),
      Buffer.from('LKqI6G/AikKCQrN0zqZFlg==', 'base64'),
    );
    expect(token).toContain('<wsu:Created>2010-09-16T07:50:45.000Z</wsu:Created>');
    expect(token).toContain('LKqI6G/AikKCQrN0zqZFlg==');
    expect(token).not.toContain('userpassword');
  });
});

describe('addresses that are given', () => {
  it.each([
    ['192.168.1.64', ['192.168.1.64']],
    ['192.168.1.9-11，cam.local', ['192.168.1.9', '192.168.1.10', '192.168.1.11', 'cam.local']],
    ['10.0.0.254-10.0.1.1', ['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']],
    ['10.0.0.5/30 10.0.0.6', ['10.0.0.5', '10.0.0.6']],
    ['127.0.0.1/32', ['127.0.0.1']],
    ['', []],
  ])('%s', (typed, expected) => {
    expect(expandAddresses(typed)).toEqual(expected);
  });
  it.each([
    ['8.8.8.0/24', 'not_local'],
    ['10.0.0.0/8', 'too_many'],
    ['192.168.1.20-10', 'form'],
    ['192.168.1.300', 'form'],
    ['192.168.1.0/33', 'form'],
    ['http://x/', 'form'],
  ])('%s is refused: %s', (typed, why) => {
    expect(() => expandAddresses(typed)).toThrow(
      expect.objectContaining({ code: 'bad_address', params: expect.objectContaining({ why }) }),
    );
  });
  it('a range holds what lies between its ends, once', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const all = expandAddresses(`10.1.2.${low}-${high} 10.1.2.${low}`);
        expect(new Set(all).size).toBe(high - low + 1);
      }),
    );
  });
});
