import type { JsonObject } from '#contract/base.ts';
import type { CameraTemplate, FoundCamera, ProbedDevice } from '#contract/cameras.contract.ts';
import type { Camera, PullChoice, RecordingRule, SoundChoice } from '#contract/site.ts';
import { hostOfAddress, hostsGained } from '#domain/camera-hosts.ts';
import { streamKey } from '#domain/stream-address.ts';
import { mountDraftOf, mountOfDraft, noMount, type MountDraft } from './mount-draft.ts';
import { noRecording, storedRule } from './recording-rule.ts';

/** A camera as the form holds it. */
export interface Draft {
  /** The camera that is edited; null for a new one. */
  base: Camera | null;
  id: string;
  nameZh: string;
  nameEn: string;
  placeId: string | null;
  mainUrl: string;
  subUrl: string;
  transport: 'tcp' | 'udp';
  username: string;
  /** Empty keeps the stored one, which is not for another device. */
  password: string;
  /** The device that it was moved to needs none: the stored one is removed. */
  noPassword: boolean;
  /** Set it on the camera itself too. */
  passwordOnDevice: boolean;
  pull: PullChoice;
  sound: SoundChoice;
  recording: RecordingRule;
  ptz: boolean;
  mount: MountDraft;
  onvifAddress: string;
  onvifPort: number | null;
  onvifSecure: boolean;
  /** Video source of the device; empty: its only one, or told by the stream. */
  onvifSource: string;
  /** A device said all this: no template is needed. */
  fromDevice: boolean;
  onvifProfile: string | null;
  onvifEvents: boolean;
  /** Whose usual passwords a test may try. */
  template: string;
}

export const emptyDraft = (): Draft => ({
  base: null,
  id: '',
  nameZh: '',
  nameEn: '',
  placeId: null,
  mainUrl: '',
  subUrl: '',
  transport: 'tcp',
  username: '',
  password: '',
  noPassword: false,
  passwordOnDevice: false,
  pull: 'auto',
  sound: 'live',
  recording: noRecording(),
  ptz: false,
  mount: noMount(),
  onvifAddress: '',
  onvifPort: 80,
  onvifSecure: false,
  onvifSource: '',
  fromDevice: false,
  onvifProfile: null,
  onvifEvents: false,
  template: 'generic',
});

export const draftOfCamera = (camera: Camera): Draft => ({
  ...emptyDraft(),
  base: camera,
  id: camera.id,
  nameZh: camera.name.zh,
  nameEn: camera.name.en,
  placeId: camera.placeId,
  mainUrl: camera.mainUrl,
  subUrl: camera.subUrl ?? '',
  transport: camera.transport,
  username: camera.username ?? '',
  ptz: camera.ptz,
  mount: mountDraftOf(camera),
  pull: camera.pull,
  sound: camera.sound,
  recording: camera.recording ?? noRecording(),
  onvifAddress: camera.onvif?.address ?? '',
  onvifPort: camera.onvif?.port ?? 80,
  onvifSecure: camera.onvif?.secure ?? false,
  onvifSource: camera.onvif?.source ?? '',
  onvifProfile: camera.onvif?.profile ?? null,
  onvifEvents: camera.onvif?.events ?? false,
});

/** `cam-192-168-1-64`, with the channel from the second one on, numbered where that is taken. */
export function freshId(host: string, channel: number, taken: ReadonlySet<string>): string {
  const plain = host.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'new'; // prettier-ignore
  const base = `cam-${plain}${channel > 0 ? `-${channel + 1}` : ''}`.slice(0, 56);
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(id)) return id;
  }
}

/** Everything that a device said about one of its channels. */
export function draftOfChannel(
  at: Pick<FoundCamera, 'host' | 'port' | 'secure' | 'name' | 'location'>,
  login: { username: string; password: string },
  device: ProbedDevice,
  index: number,
  taken: ReadonlySet<string>,
): Draft {
  const channel = device.channels[index]!;
  const name = at.location || at.name || `${device.manufacturer} ${device.model}`.trim();
  return {
    ...emptyDraft(),
    ...login,
    id: freshId(at.host, index, taken),
    nameZh: device.channels.length > 1 ? `${name} ${index + 1}` : name,
    mainUrl: channel.main.url,
    subUrl: channel.sub?.url ?? '',
    ptz: channel.ptz,
    onvifAddress: at.host,
    onvifPort: at.port,
    onvifSecure: at.secure,
    onvifSource: device.channels.length > 1 ? channel.source : '',
    fromDevice: true,
    onvifProfile: channel.ptzProfile,
    onvifEvents: device.events,
    template: templateOf(device.manufacturer),
  };
}

const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/hikvision/i, 'hikvision'],
  [/dahua/i, 'dahua'],
  [/uniview|\bunv\b/i, 'uniview'],
  [/axis/i, 'axis'],
];
/** The vendor's template by what a device calls its maker. */
export const templateOf = (maker: string): string =>
  MAKERS.find(([name]) => name.test(maker))?.[1] ?? 'generic';

/** Stream addresses of a template. `channel` from 1. */
export function fillTemplate(
  template: Pick<CameraTemplate, 'main' | 'sub'>,
  of: { host: string; port: number; channel: number },
): { mainUrl: string; subUrl: string } {
  const host = of.host.includes(':') && !of.host.startsWith('[') ? `[${of.host}]` : of.host;
  const words: Record<string, string> = { host, port: String(of.port), channel: String(of.channel), channel0: String(of.channel - 1) }; // prettier-ignore
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
  return { mainUrl: fill(template.main), subUrl: template.sub === null ? '' : fill(template.sub) };
}

/** The object that `site.put` takes; what the form does not speak of stays as it was. */
export function objectOfDraft(draft: Draft): JsonObject {
  const {
    subUrl: _sub,
    username: _user,
    onvif: _onvif,
    mount: known,
    ...kept
  } = draft.base ?? ({} as Partial<Camera>);
  const object: Record<string, unknown> = {
    ...kept,
    id: draft.id.trim(),
    name: { zh: draft.nameZh.trim(), en: draft.nameEn.trim() },
    placeId: draft.placeId ?? '',
    mainUrl: draft.mainUrl.trim(),
    transport: draft.transport,
    ptz: draft.ptz,
    pull: draft.pull,
    sound: draft.sound,
  };
  const recording = storedRule(draft.recording, draft.base?.recording);
  if (recording) object['recording'] = recording;
  const mount = mountOfDraft(draft.mount, known);
  if (mount) object['mount'] = mount;
  if (draft.subUrl.trim()) object['subUrl'] = draft.subUrl.trim();
  if (draft.username.trim()) object['username'] = draft.username.trim();
  if (draft.onvifAddress.trim())
    object['onvif'] = {
      address: draft.onvifAddress.trim(),
      port: draft.onvifPort ?? 80,
      secure: draft.onvifSecure,
      events: draft.onvifEvents,
      ...(draft.onvifSource.trim() ? { source: draft.onvifSource.trim() } : {}),
      ...(draft.onvifProfile ? { profile: draft.onvifProfile } : {}),
    };
  return object as JsonObject;
}

/** The camera that has this stream already: one camera brought in twice. */
export const sameStream = (draft: Draft, cameras: readonly Camera[]): Camera | undefined => {
  if (draft.mainUrl.trim() === '') return undefined;
  const key = streamKey(draft.mainUrl);
  return cameras.find((one) => one.id !== draft.base?.id && streamKey(one.mainUrl) === key);
};

/** Hosts that the camera is led to and was not before; of an address that is being typed, only what is one already. */
export function movedTo(draft: Draft): string[] {
  if (!draft.base) return [];
  const typed = (url: string) => (hostOfAddress(url) === undefined ? '' : url);
  return hostsGained(draft.base, {
    mainUrl: typed(draft.mainUrl),
    subUrl: typed(draft.subUrl),
    onvif: { address: draft.onvifAddress.trim() },
  });
}

/** What `site.put` is told of the password: nothing keeps the stored one. */
export function secretOfDraft(draft: Draft): { cameraPassword?: string } {
  if (draft.password !== '') return { cameraPassword: draft.password };
  return draft.noPassword ? { cameraPassword: '' } : {};
}

/** Names of fields that have to be filled in before it can be added. */
export const missingOf = (draft: Draft): ('nameZh' | 'placeId' | 'mainUrl' | 'id')[] =>
  (['nameZh', 'placeId', 'mainUrl', 'id'] as const).filter((key) => !draft[key]?.trim());

/** Input of `cameras.test`: with the stored login where nothing that it depends on was changed. */
export function testInputOf(draft: Draft, stream: 'main' | 'sub', tryDefaults: boolean) {
  const { base } = draft;
  const url = (stream === 'sub' && draft.subUrl.trim()) || draft.mainUrl.trim();
  const isStored =
    base !== null &&
    draft.password === '' &&
    draft.username.trim() === (base.username ?? '') &&
    draft.transport === base.transport &&
    url === (stream === 'sub' ? (base.subUrl ?? base.mainUrl) : base.mainUrl);
  const asked = { stream, tryDefaults, template: draft.template };
  if (isStored) return { ...asked, cameraId: base.id };
  const onvif = draft.onvifAddress.trim() ? { onvif: { address: draft.onvifAddress.trim(), port: draft.onvifPort ?? 80, secure: draft.onvifSecure } } : {}; // prettier-ignore
  return {
    ...asked,
    ...onvif,
    url,
    transport: draft.transport,
    username: draft.username.trim(),
    password: draft.password,
  };
}
