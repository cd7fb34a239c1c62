import type { Coded, ProbedDevice } from '#contract/cameras.contract.ts';
import { streamUrl } from '#contract/site.ts';
import { deviceUrl } from '#native/onvif/address.ts';
import { createOnvifClient, type OnvifClient } from '#native/onvif/client.ts';
import { getDeviceInformation } from '#native/onvif/device.ts';
import { getAudioOutputs, getProfiles, getStreamUri, type OnvifProfile } from '#native/onvif/media.ts';
import type { CertificateCheck } from '#native/tls/pinned.ts';
import type { Trusted } from './trust.ts';
import { chooseStreams, probedStream, streamWarnings } from './channels.ts';

/** A recorder with more channels is added in parts. */
const MAX_CHANNELS = 64;

/** Asks a device what it is and has. @throws OnvifError */
export async function probeDevice(
  of: { host: string; port: number; secure: boolean; user: string; password: string },
  deps: {
    trusts: CertificateCheck;
    certificateOf: (at: { host: string; port: number }) => Trusted | undefined;
    /** Logins of cameras fresh from the box. */
    usualLogins: readonly (readonly [string, string])[];
    /** Some devices write a login into their addresses. */
    sealAddress: (url: string) => string;
  },
): Promise<ProbedDevice> {
  const login = of.user === '' ? {} : { login: { user: of.user, password: of.password } };
  const client = createOnvifClient({ url: deviceUrl(of), trusts: deps.trusts, ...login });
  try {
    const information = await getDeviceInformation(client);
    const services = await client.services();
    const profiles = await getProfiles(client);
    const clockOffsetMs = (await client.time()).offsetMs;
    const channels = [];
    const all = chooseStreams(profiles);
    for (const channel of all.slice(0, MAX_CHANNELS)) {
      const ptz = profiles.find((one) => one.ptz && one.video?.sourceToken === channel.source);
      const main = await streamOf(client, channel.main, deps.sealAddress);
      if (!main) continue;
      channels.push({
        source: channel.source,
        main,
        sub: channel.sub && (await streamOf(client, channel.sub, deps.sealAddress)),
        ptz: services.has('ptz') && ptz !== undefined,
        ptzProfile: services.has('ptz') && ptz ? ptz.token : null,
      });
    }
    return {
      ...information,
      clockOffsetMs,
      channels,
      moreChannels: Math.max(0, all.length - MAX_CHANNELS),
      services: [...services.keys()].filter((name) => name !== 'device'),
      events: services.has('events'),
      audioOutputs: (await getAudioOutputs(client)).length,
      certificate: (of.secure && deps.certificateOf(of)) || null,
      warnings: [
        ...warningsOf(channels, clockOffsetMs, client.otherHost),
        ...usualLogin(of.user, of.password, deps.usualLogins),
      ],
    };
  } finally {
    client.close();
  }
}

/** No guess: the login that let us in is one that everybody knows. */
export const usualLogin = (
  user: string | undefined,
  password: string | undefined,
  usual: readonly (readonly [string, string])[],
): Coded[] =>
  usual.some(([name, word]) => name === user && word === password)
    ? [{ code: 'default_password', params: { username: user ?? '' } }]
    : [];

/** Undefined where the device names no RTSP address: such a profile is for something else. */
async function streamOf(client: OnvifClient, profile: OnvifProfile, seal: (url: string) => string) {
  const url = streamUrl.safeParse(seal(await getStreamUri(client, profile)));
  return url.success ? probedStream(profile, url.data) : null;
}

function warningsOf(
  channels: ProbedDevice['channels'],
  clockOffsetMs: number | null,
  otherHost: string | null,
): Coded[] {
  const found = channels.flatMap(({ main, sub }) =>
    [main, ...(sub ? [sub] : [])].flatMap((one) =>
      streamWarnings({ codec: one.codec, keySeconds: one.keySeconds, clockOffsetMs }),
    ),
  );
  if (channels.length === 0) found.push({ code: 'no_stream', params: {} });
  if (channels.some(({ sub }) => sub === null)) found.push({ code: 'no_sub', params: {} });
  if (otherHost !== null) found.push({ code: 'other_host', params: { host: otherHost } });
  // once each: main and sub, and many channels, mostly share theirs
  return [...new Map(found.toReversed().map((one) => [one.code, one])).values()].toReversed();
}
