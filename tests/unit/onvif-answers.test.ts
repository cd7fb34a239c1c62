import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseStreams, probedStream } from '#features/cameras/channels.ts';
import { meaningsOf } from '#native/onvif/event-meaning.ts';
import { readNotifications } from '#native/onvif/event-message.ts';
import { readProbeMatches } from '#native/onvif/found.ts';
import { readChallenges } from '#native/onvif/http-digest.ts';
import { getProfiles, getStreamUri } from '#native/onvif/media.ts';
import { getNodes } from '#native/onvif/ptz.ts';
import { createPullPoint } from '#native/onvif/pull-point.ts';
import { faultError, readEnvelope } from '#native/onvif/soap.ts';
import { takeChallenge } from '#native/rtsp/client-auth.ts';
import { child, readXml } from '#native/onvif/xml.ts';
import { answering, answerOf, answerText } from '#tests/fixtures/onvif-answers.ts';

describe('profiles', () => {
  it('of Hikvision, Media 1: long groups, G.711, a speaker', async () => {
    const profiles = await getProfiles(answering('hikvision-profiles', ['media']).client);
    expect(profiles[0]).toEqual({
      token: 'Profile_1',
      name: 'mainStream',
      media: 1,
      video: {
        codec: 'h264',
        width: 2560,
        height: 1440,
        framesPerSecond: 25,
        kilobitsPerSecond: 4096,
        govLength: 250,
        sourceToken: 'VideoSource_1',
        sourceConfiguration: 'VideoSourceToken',
      },
      audioCodec: 'pcmu',
      audioOutput: true,
      ptz: { configurationToken: 'PTZToken', nodeToken: 'PTZNODETOKEN' },
    });
    expect(profiles[1]).toMatchObject({ name: 'subStream', ptz: null, audioCodec: null });
  });
  it('of Dahua, Media 2: H.265 main, AAC', async () => {
    const profiles = await getProfiles(answering('dahua-profiles2', ['media', 'media2']).client);
    expect(
      profiles.map(({ video, audioCodec }) => [video?.codec, video?.width, video?.govLength, audioCodec]),
    ).toEqual([
      ['h265', 3840, 50, 'aac'],
      ['h264', 704, 50, null],
    ]);
  });
  it('of a Dahua recorder: a camera per source, a channel without one left out', async () => {
    const profiles = await getProfiles(answering('dahua-recorder-profiles2', ['media', 'media2']).client);
    expect(profiles).toHaveLength(5);
    expect(chooseStreams(profiles).map(({ source, main, sub }) => [source, main.token, sub?.token])).toEqual([
      ['00000', 'MediaProfile00000', 'MediaProfile00001'],
      ['00100', 'MediaProfile00100', 'MediaProfile00101'],
    ]);
  });
  it('of Axis: JPEG is no stream of the wall, and there is no second one', async () => {
    const profiles = await getProfiles(answering('axis-profiles', ['media']).client);
    // 2^31 - 1 means that there is no limit
    expect(profiles[0]!.video!.kilobitsPerSecond).toBeNull();
    expect(chooseStreams(profiles)).toMatchObject([
      { source: '0', main: { token: 'profile_1_h264' }, sub: null },
    ]);
  });
  it('of a cheap one: default namespaces, and what it does not say is not known', async () => {
    const profiles = await getProfiles(answering('generic-profiles', ['media']).client);
    const [main, sub] = profiles;
    expect(main!.video).toMatchObject({ width: 2688, framesPerSecond: null, govLength: null, sourceConfiguration: 'V_SRC_CFG_000' }); // prettier-ignore
    expect(main!.ptz).toEqual({ configurationToken: 'PTZ_000', nodeToken: 'PTZNODE_000' });
    expect(chooseStreams(profiles)).toMatchObject([{ source: 'V_SRC_000', sub: { token: 'PROFILE_001' } }]);
    expect(probedStream(sub!, 'rtsp://192.0.2.20/1')).toMatchObject({ keySeconds: null });
  });
  it('a stream address of Uniview with a bare ampersand', async () => {
    const { client } = answering('uniview-stream-uri', ['media']);
    const uri = await getStreamUri(client, { token: 'x', media: 1 } as never);
    expect(uri).toBe('rtsp://192.0.2.13:554/media/video1?profile=1&transport=unicast');
  });
});

describe('PTZ', () => {
  it('of a cheap one: pan and tilt only, at a speed, no zoom, no presets', async () => {
    const [node] = await getNodes(answering('generic-nodes', ['ptz']).client);
    expect(node).toMatchObject({
      continuous: { panTilt: true, zoom: false },
      relative: { panTilt: false, zoom: false },
      absolute: { panTilt: false, zoom: false },
      home: false,
      maxPresets: 0,
      limits: null,
    });
  });
});

describe('wishes for a digest', () => {
  const challenges = JSON.parse(
    readFileSync(new URL('../fixtures/onvif/challenges.json', import.meta.url), 'utf8'),
  ) as { of: string; headers: string[]; realm: string; qop: boolean; algorithm: string; basic: boolean }[];
  it.each(challenges)('of $of: by ONVIF and by RTSP', ({ headers, realm, qop, algorithm, basic }) => {
    expect(readChallenges(headers)).toMatchObject({ digest: { realm, qop, algorithm }, basic });
    const login = { user: 'admin', password: 'x' };
    const header = takeChallenge(headers, login, false)?.header('DESCRIBE', 'rtsp://192.0.2.20/1');
    expect(header).toContain(`realm="${realm}"`);
    expect(header).not.toContain('Basic');
  });
});

describe('events', () => {
  const meanings = async (name: string) =>
    readNotifications(await answerOf(name)).flatMap((one) => meaningsOf(one) ?? [{ kind: 'unknown' }]);
  it('of Hikvision', async () => {
    expect(await meanings('hikvision-pull')).toEqual([
      { kind: 'motion', on: false, source: 'VideoSource_1' },
      { kind: 'motion', on: true, source: 'VideoSourceToken' },
      { kind: 'tamper', on: true, source: 'VideoSourceToken' },
      { kind: 'input', on: true, source: 'AlarmIn_1' },
    ]);
  });
  it('of Dahua: states as numbers, a source that went away', async () => {
    expect(await meanings('dahua-pull')).toEqual([{ kind: 'tamper', on: true, source: '00000' }]);
  });
  it('of Axis: topics of its own', async () => {
    expect(await meanings('axis-pull')).toEqual([
      { kind: 'input', on: true, source: '3' },
      { kind: 'motion', on: false, source: '' },
      { kind: 'tamper', on: true, source: '1' },
    ]);
  });
  it('a subscription of Axis is named in the header of every question', async () => {
    const { client, asked } = answering('axis-subscription', ['events']);
    await (await createPullPoint(client)).unsubscribe();
    expect(asked.at(-1)!.header).toContain(
      '<p:SubscriptionId xmlns:p="http://www.axis.com/2009/event" wsa:IsReferenceParameter="true">37</p:SubscriptionId>',
    );
  });
});

describe('faults', () => {
  it.each([
    ['fault-soap11', 'wrong_password', 'Client'],
    ['fault-expired', 'clock_skew', 'NotAuthorized'],
    ['fault-not-supported', 'not_supported', 'PTZNotSupported'],
    ['dahua-fault-attempts', 'wrong_password', 'NotAuthorized'],
    ['generic-fault-space', 'not_supported', 'SpaceNotSupported'],
  ])('%s', async (name, code, fault) => {
    const read = await readEnvelope(answerText(name));
    expect('fault' in read && faultError(read.fault)).toMatchObject({ code, params: { fault } });
  });
});

describe('discovery', () => {
  it('of Uniview: a Chinese name, IPv6 after the address that answered', async () => {
    const { found, relatesTo } = await readProbeMatches(
      answerText('uniview-probe-matches'),
      '192.0.2.13',
      '192.0.2.1',
    );
    expect(relatesTo).toBe('urn:uuid:ask');
    expect(found).toEqual([
      {
        id: 'urn:uuid:00010010-0001-1020-8000-48ea63aabbcc',
        host: '192.0.2.13',
        urls: [
          'http://192.0.2.13:80/onvif/device_service',
          'http://[fe80::4aea:63ff:feaa:bbcc]:80/onvif/device_service',
        ],
        name: '东门 1',
        hardware: 'IPC6424SR-X25',
        location: '',
        heardOn: ['192.0.2.1'],
      },
    ]);
  });
  it('anybody may send us anything', async () => {
    const real = answerText('uniview-probe-matches');
    const mangled = fc
      .tuple(fc.nat(real.length), fc.nat(60), fc.string())
      .map(([at, cut, more]) => real.slice(0, at) + more + real.slice(at + cut));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), mangled), async (text) => {
        const { found } = await readProbeMatches(text, '192.0.2.1', '192.0.2.2');
        return found.every((one) => one.urls.every((url) => URL.canParse(url)));
      }),
    );
  });
});

describe('what is no SOAP', () => {
  it.each([
    '',
    '<html><body>Login</body></html>',
    '{"a":1}',
    '<a><b></a>',
    '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
  ])('%j', async (text) => {
    await expect(readEnvelope(text)).rejects.toMatchObject({ code: 'not_onvif' });
  });
  it('names of objects are only names', async () => {
    const read = await readXml('<a><constructor>1</constructor><__proto__><x>2</x></__proto__></a>');
    expect(child(read, 'toString')).toBeUndefined();
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
