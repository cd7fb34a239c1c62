/** What devices in use were seen to do (tests/fixtures/onvif/README.md says where), and what the park makes of it. */
import { describe, expect, it } from 'vitest';
import { chooseStreams } from '#features/cameras/channels.ts';
import { cameraOfEvent, type SourceMap } from '#features/cameras/event-channel.ts';
import { readBytes } from '#native/onvif/characters.ts';
import { createOnvifClient, type OnvifClient } from '#native/onvif/client.ts';
import { readDeviceTime } from '#native/onvif/device-time.ts';
import { meaningsOf } from '#native/onvif/event-meaning.ts';
import { readNotifications } from '#native/onvif/event-message.ts';
import { questionOf, readProbeMatches } from '#native/onvif/found.ts';
import { getProfiles } from '#native/onvif/media.ts';
import { createPullPoint } from '#native/onvif/pull-point.ts';
import { faultError } from '#native/onvif/soap.ts';
import { answering, answerOf, answerText } from '#tests/fixtures/onvif-answers.ts';

const eventsOf = async (name: string) => readNotifications(await answerOf(name));
const meanings = async (name: string) =>
  (await eventsOf(name)).flatMap((one) => meaningsOf(one) ?? [{ kind: 'unknown' }]);

describe('events', () => {
  it('Hikvision for other brands: own topics, states in capitals', async () => {
    expect(await meanings('hikvision-oem-pull')).toEqual([
      { kind: 'motion', on: false, source: 'vs_01' },
      { kind: 'tamper', on: true, source: 'vs_01' },
      { kind: 'input', on: true, source: 'AlarmIn_1' },
    ]);
  });
  it('a time without a zone is UTC, wherever the station stands', async () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Shanghai';
    try {
      const times = (await eventsOf('hikvision-oem-pull')).map(({ deviceAtMs }) => deviceAtMs);
      expect(new Set(times)).toEqual(new Set([Date.UTC(2026, 4, 1, 8, 0, 1)]));
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });
  it('a recorder of Dahua: the value before the name, a window beside the channel', async () => {
    expect(await meanings('dahua-recorder-pull')).toEqual([
      { kind: 'motion', on: true, source: '00200' },
      { kind: 'input', on: true, source: '00100' },
    ]);
  });
  it('its inputs are numbered like its channels, and are none: they belong to the recorder', async () => {
    const sources: SourceMap = {
      byToken: new Map(['00000', '00100', '00200'].map((one) => [one, one])),
      byPath: new Map(),
    };
    const park = [
      { id: 'gate', source: '00000', mainUrl: '' },
      { id: 'yard', source: '00200', mainUrl: '' },
    ];
    const whose = (await eventsOf('dahua-recorder-pull')).map((one) => cameraOfEvent(one, park, sources)?.id);
    expect(whose).toEqual(['yard', 'gate']);
  });
  it('Samsung names a window of the picture, no source', async () => {
    expect(await meanings('samsung-pull')).toEqual([{ kind: 'motion', on: true, source: '0' }]);
  });
  it('TP-Link: the rule may come first; what it recognised stands in the names of items', async () => {
    expect(await meanings('tplink-pull')).toEqual([
      { kind: 'motion', on: true, source: 'vsconf' },
      { kind: 'object', on: true, source: 'vsconf', rule: 'MyTPSmartEventDetectorRule', object: 'vehicle' },
      { kind: 'line', on: true, source: 'vsconf' },
    ]);
  });
  it('a detector as a trigger, a state by another name, a topic misspelt', async () => {
    expect(await meanings('consumer-pull')).toEqual([
      { kind: 'motion', on: true, source: 'vs0' },
      { kind: 'motion', on: true, source: 'V_SRC_000' },
      { kind: 'object', on: true, source: 'V_SRC_000', object: 'person' },
    ]);
  });
});

describe('subscriptions', () => {
  it.each([
    [
      'prefixes that are declared nowhere',
      'oem-subscription-undeclared',
      'http://192.0.2.14/onvif/Events/Manager?Idx=4',
    ],
    [
      'an empty address: the service itself is asked',
      'oem-subscription-empty',
      'http://192.0.2.14/onvif/services',
    ],
  ])('%s', async (_what, name, url) => {
    const { client, asked } = answering(name, ['events']);
    await (await createPullPoint(client)).unsubscribe();
    expect(asked.at(-1)!.url).toBe(url);
  });
});

describe('addresses', () => {
  it('a subscription that is a name: asked for at the service, by that name', async () => {
    const { client, asked } = answering('named-subscription', ['events']);
    await (await createPullPoint(client)).unsubscribe();
    expect(asked.at(-1)!.url).toBe('http://192.0.2.14/onvif/services');
    expect(asked.at(-1)!.header).toContain('>urn:uuid:00000000-0000-4000-8000-000000000014</wsa:To>');
  });
  it('an address without a host is one of the device', () => {
    const client = createOnvifClient({ url: 'http://192.0.2.14:8080/onvif/device_service' });
    expect(client.reach('http:///onvif/media_service').href).toBe(
      'http://192.0.2.14:8080/onvif/media_service',
    );
    expect(client.reach('rtsp:///live/0').href).toBe('rtsp://192.0.2.14/live/0');
    expect(client.otherHost).toBeNull();
    client.close();
  });
});

describe('profiles', () => {
  it('H.265 through Media 1 with a part of its own: its groups are known', async () => {
    const [main] = await getProfiles(answering('h265-media1-profiles', ['media']).client);
    expect(main!.video).toMatchObject({ codec: 'h265', framesPerSecond: 20, govLength: 40 });
  });
  it('Dahua in H.265 through Media 1 does not say what its main stream is: it is the main stream all the same', async () => {
    const profiles = await getProfiles(answering('dahua-profiles-h265', ['media']).client);
    expect(profiles.map(({ video }) => [video!.codec, video!.width])).toEqual([['', null], ['h264', 704]]); // prettier-ignore
    expect(chooseStreams(profiles)).toMatchObject([
      { source: '00000', main: { token: 'MediaProfile00000' }, sub: { token: 'MediaProfile00001' } },
    ]);
  });
  it('both undeclared: in the order of the device', async () => {
    const [main, sub] = await getProfiles(answering('dahua-profiles-h265', ['media']).client);
    const blank = { ...sub!, video: { ...main!.video! } };
    expect(chooseStreams([main!, blank])).toMatchObject([
      { main: { token: 'MediaProfile00000' }, sub: { token: 'MediaProfile00001' } },
    ]);
  });
});

describe('clock', () => {
  it('only local time, of no known zone: good for tokens, no word about how wrong it is', async () => {
    const client = { call: () => answerOf('oem-date-local') } as unknown as OnvifClient;
    const nowMs = Date.UTC(1980, 0, 2, 0, 0, 30, 500);
    expect(await readDeviceTime(client, () => nowMs)).toEqual({ offsetMs: null, tokenOffsetMs: 60_000 });
  });
});

describe('faults', () => {
  it.each([
    ['clock_skew', ['Sender', 'NotAuthorized'], 'the time check of the token did not pass'],
    ['wrong_password', ['Sender', 'NotAuthorized'], 'the <wsse:Security> header could not be read'],
    ['wrong_password', ['Sender', 'NotAuthorized'], 'no authority for this'],
    ['fault', ['Sender', 'ResourceUnknownFault'], 'Unknown pull point'],
    ['fault', ['Receiver', 'SubscribeCreationFailedFault'], ''],
  ] as const)('%s: %j %s', (code, codes, words) => {
    expect(faultError({ codes: [...codes], words })).toMatchObject({ code });
  });
});

describe('discovery', () => {
  it('Hanwha: answers a question that it names in its own way', async () => {
    const { found, relatesTo } = await readProbeMatches(answerText('hanwha-probe-matches'), '192.0.2.16', '192.0.2.1'); // prettier-ignore
    expect(questionOf(relatesTo!)).toBe(questionOf('urn:uuid:9ac90000-be37-4767-9333-0000000000aa'));
    expect(found).toMatchObject([
      { host: '192.0.2.16', name: 'XNV-0000R', hardware: 'XNV-0000R', location: 'Gate' },
    ]);
  });
  it('a printer that answers an open question is no camera', async () => {
    const { found } = await readProbeMatches(answerText('printer-probe-matches'), '192.0.2.30', '192.0.2.1');
    expect(found).toEqual([]);
  });
});

describe('characters', () => {
  const gbk = Buffer.from([0xce, 0xc4, 0x5f, 0x41]);
  it('names in GBK in an answer that calls itself UTF-8', () => {
    expect(readBytes(Buffer.concat([Buffer.from('<Name>'), gbk, Buffer.from('</Name>')]))).toBe(
      '<Name>文_A</Name>',
    );
  });
  it('a name cut within a character leaves the others as they are', () => {
    const cut = Buffer.concat([Buffer.from('<a>东门</a><b>南'), Buffer.from('门').subarray(0, 2), Buffer.from('</b>')]); // prettier-ignore
    expect(readBytes(cut)).toBe('<a>东门</a><b>南\uFFFD</b>');
  });
  it('UTF-8, also with a mark in front', () => expect(readBytes(Buffer.from('\uFEFF东门'))).toBe('东门'));
});
