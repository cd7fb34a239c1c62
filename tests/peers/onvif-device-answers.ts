import type { DeviceOptions } from './onvif-device.ts';
import { DEGREE_NODES, degreesXml, fromDegrees } from './onvif-device-degrees.ts';
import { inner as textOf } from './onvif-device-login.ts';
import type { PtzHead } from './onvif-device-ptz.ts';

/** Shape of vendors' answers: envelope prefixes and what they call themselves. */
export const VENDORS = {
  plain: { envelope: 's', manufacturer: 'Guardroom', model: 'TEST-1' },
  hikvision: { envelope: 'env', manufacturer: 'HIKVISION', model: 'DS-2DE4425IW-DE' },
  dahua: { envelope: 's', manufacturer: 'Dahua', model: 'SD49425XB-HNR' },
  uniview: { envelope: 'SOAP-ENV', manufacturer: 'UNIVIEW', model: 'IPC6424SR-X25' },
  axis: { envelope: 'SOAP-ENV', manufacturer: 'AXIS', model: 'Q6135-LE' },
} as const;

export const wrap = (prefix: string, body: string, header = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${prefix}:Envelope xmlns:${prefix}="http://www.w3.org/2003/05/soap-envelope" ` +
  'xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" ' +
  'xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" xmlns:tev="http://www.onvif.org/ver10/events/wsdl" ' +
  'xmlns:tmd="http://www.onvif.org/ver10/deviceIO/wsdl" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:wsa5="http://www.w3.org/2005/08/addressing" ' +
  `xmlns:ter="http://www.onvif.org/ver10/error"><${prefix}:Header>${header}</${prefix}:Header><${prefix}:Body>${body}</${prefix}:Body></${prefix}:Envelope>`;

export const faultXml = (prefix: string, code: string, subcodes: string[], words: string) => {
  const nested = subcodes.reduceRight(
    (inside, one) =>
      `<${prefix}:Subcode><${prefix}:Value>${one}</${prefix}:Value>${inside}</${prefix}:Subcode>`,
    '',
  );
  return wrap(
    prefix,
    `<${prefix}:Fault><${prefix}:Code><${prefix}:Value>${prefix}:${code}</${prefix}:Value>${nested}</${prefix}:Code>` +
      `<${prefix}:Reason><${prefix}:Text xml:lang="en">${words}</${prefix}:Text></${prefix}:Reason></${prefix}:Fault>`,
  );
};

export function dateXml(deviceNowMs: number): string {
  const at = new Date(deviceNowMs);
  const part = (of: Date) =>
    `<tt:Time><tt:Hour>${of.getUTCHours()}</tt:Hour><tt:Minute>${of.getUTCMinutes()}</tt:Minute><tt:Second>${of.getUTCSeconds()}</tt:Second></tt:Time>` +
    `<tt:Date><tt:Year>${of.getUTCFullYear()}</tt:Year><tt:Month>${of.getUTCMonth() + 1}</tt:Month><tt:Day>${of.getUTCDate()}</tt:Day></tt:Date>`;
  const local = new Date(deviceNowMs + 8 * 3_600_000);
  return (
    '<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>' +
    `<tt:TimeZone><tt:TZ>CST-8:00:00</tt:TZ></tt:TimeZone><tt:UTCDateTime>${part(at)}</tt:UTCDateTime><tt:LocalDateTime>${part(local)}</tt:LocalDateTime>` +
    '</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>'
  );
}

const PTZ_CONFIGURATION =
  ' token="PTZ0"><tt:Name>PTZ</tt:Name><tt:UseCount>2</tt:UseCount><tt:NodeToken>Node0</tt:NodeToken>';

interface StreamShape {
  token: string;
  /** Video source, and what points at it. */
  source: string;
  width: number;
  height: number;
  rate: number;
  bits: number;
  codec: string;
}
export const shapesOf = (options: DeviceOptions): StreamShape[] =>
  (options.channels ?? [options.streams ?? {}]).flatMap((streams, index) => {
    const source = `VideoSource_${index + 1}`;
    const main = { width: 1280, height: 720, rate: 25, bits: 2048, codec: options.codec ?? 'H264' };
    const sub = { width: 640, height: 360, rate: 15, bits: 512, codec: 'H264' };
    return [
      { token: `Profile_${index * 2 + 1}`, source, ...main },
      ...(streams.sub === undefined ? [] : [{ token: `Profile_${index * 2 + 2}`, source, ...sub }]),
    ];
  });
/** Stream address behind a profile token. */
export function streamAt(options: DeviceOptions, token: string): string | undefined {
  const number = Number(/^Profile_(\d+)$/.exec(token)?.[1] ?? 1) - 1;
  const streams = (options.channels ?? [options.streams ?? {}])[Math.floor(number / 2)];
  return number % 2 === 0 ? streams?.main : streams?.sub;
}

export function profilesXml(options: DeviceOptions, media: 1 | 2): string {
  const ptz = options.ptz === false ? '' : media === 2 ? `<tr2:PTZ${PTZ_CONFIGURATION}</tr2:PTZ>` : `<tt:PTZConfiguration${PTZ_CONFIGURATION}</tt:PTZConfiguration>`; // prettier-ignore
  const each = shapesOf(options).map((one) => {
    const source = ` token="VSC_${one.source}"><tt:Name>VSC</tt:Name><tt:SourceToken>${one.source}</tt:SourceToken><tt:Bounds x="0" y="0" width="1280" height="720"/>`;
    const size = `<tt:Resolution><tt:Width>${one.width}</tt:Width><tt:Height>${one.height}</tt:Height></tt:Resolution>`;
    const rate = `<tt:RateControl><tt:FrameRateLimit>${one.rate}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>${one.bits}</tt:BitrateLimit></tt:RateControl>`;
    // Media 1 cannot say H265: devices say H264 there, or leave the profile out
    if (media === 1)
      return (
        `<trt:Profiles token="${one.token}" fixed="true"><tt:Name>${one.token}</tt:Name><tt:VideoSourceConfiguration${source}</tt:VideoSourceConfiguration>` +
        `<tt:VideoEncoderConfiguration token="VEC_${one.token}"><tt:Encoding>H264</tt:Encoding>${size}${rate}<tt:H264><tt:GovLength>50</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264></tt:VideoEncoderConfiguration>` +
        `${ptz}</trt:Profiles>`
      );
    return (
      `<tr2:Profiles token="${one.token}" fixed="true"><tr2:Name>${one.token}</tr2:Name><tr2:Configurations><tr2:VideoSource${source}</tr2:VideoSource>` +
      `<tr2:VideoEncoder token="VEC_${one.token}" GovLength="50" Profile="Main"><tt:Encoding>${one.codec}</tt:Encoding>${size}${rate}</tr2:VideoEncoder>` +
      `${ptz}</tr2:Configurations></tr2:Profiles>`
    );
  });
  const name = media === 2 ? 'tr2' : 'trt';
  return `<${name}:GetProfilesResponse>${each.join('')}</${name}:GetProfilesResponse>`;
}

const space = (name: string, uri: string) =>
  `<tt:${name}><tt:URI>http://www.onvif.org/ver10/tptz/${uri}</tt:URI><tt:XRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:XRange></tt:${name}>`;
const NODES =
  '<tptz:GetNodesResponse><tptz:PTZNode token="Node0" FixedHomePosition="false"><tt:Name>Head</tt:Name><tt:SupportedPTZSpaces>' +
  space('AbsolutePanTiltPositionSpace', 'PanTiltSpaces/PositionGenericSpace') +
  space('AbsoluteZoomPositionSpace', 'ZoomSpaces/PositionGenericSpace') +
  space('RelativePanTiltTranslationSpace', 'PanTiltSpaces/TranslationGenericSpace') +
  space('RelativePanTiltTranslationSpace', 'PanTiltSpaces/TranslationSpaceFov') +
  space('RelativeZoomTranslationSpace', 'ZoomSpaces/TranslationGenericSpace') +
  space('ContinuousPanTiltVelocitySpace', 'PanTiltSpaces/VelocityGenericSpace') +
  space('ContinuousZoomVelocitySpace', 'ZoomSpaces/VelocityGenericSpace') +
  '</tt:SupportedPTZSpaces><tt:MaximumNumberOfPresets>255</tt:MaximumNumberOfPresets><tt:HomeSupported>true</tt:HomeSupported></tptz:PTZNode></tptz:GetNodesResponse>';

const vectorXml = ({ pan, tilt, zoom }: { pan: number; tilt: number; zoom: number }) =>
  `<tt:PanTilt x="${pan.toFixed(4)}" y="${tilt.toFixed(4)}" space="http://www.onvif.org/ver10/tptz/PanTiltSpaces/PositionGenericSpace"/>` +
  `<tt:Zoom x="${zoom.toFixed(4)}" space="http://www.onvif.org/ver10/tptz/ZoomSpaces/PositionGenericSpace"/>`;

/** A request of the PTZ service as the head understands it; undefined: no such preset, or not in numbers of its own. */
export function ptzAnswer(
  name: string,
  xml: string,
  { head, nowMs, degrees = false }: { head: PtzHead; nowMs: number; degrees?: boolean },
): string | undefined {
  const positionXml = degrees ? degreesXml : vectorXml;
  let isRefused = false;
  const done = `<tptz:${name}Response/>`;
  const inner = (tag: string) => textOf(xml, tag);
  const axes = (tag: 'Position' | 'Translation' | 'Velocity' | 'Speed') => {
    const block = new RegExp(`<(?:\\w+:)?${tag}>(.*?)</(?:\\w+:)?${tag}>`, 's').exec(xml)?.[1] ?? '';
    const of = (one: string, key: string) => new RegExp(`${one}[^>]*?\\b${key}="([^"]*)"`).exec(block)?.[1];
    const entries = [['pan', of('PanTilt', 'x')], ['tilt', of('PanTilt', 'y')], ['zoom', of('Zoom', 'x')]] as const; // prettier-ignore
    const read: Record<string, number> = Object.fromEntries(
      entries.flatMap(([axis, value]) => (value === undefined ? [] : [[axis, Number(value)]])),
    );
    const understood = degrees ? fromDegrees(tag, block, read) : read;
    isRefused ||= understood === undefined;
    return understood ?? {};
  };
  type Axes = ReturnType<typeof axes>;
  const moved = (to: Axes, speed: Axes, move: (to: Axes, speed: Axes) => void) => {
    if (isRefused) return undefined;
    move(to, speed);
    return done;
  };
  switch (name) {
    case 'GetStatus': {
      const state = head.moving() ? 'MOVING' : 'IDLE';
      return `<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position>${positionXml(head.position())}</tt:Position><tt:MoveStatus><tt:PanTilt>${state}</tt:PanTilt><tt:Zoom>${state}</tt:Zoom></tt:MoveStatus><tt:UtcTime>${new Date(nowMs).toISOString()}</tt:UtcTime></tptz:PTZStatus></tptz:GetStatusResponse>`;
    }
    case 'ContinuousMove':
      return moved(axes('Velocity'), {}, (velocity) =>
        head.continuous(velocity, Number(/^PT([\d.]+)S$/.exec(inner('Timeout') ?? 'PT10S')?.[1]) * 1000),
      );
    case 'Stop':
      head.stop({ panTilt: inner('PanTilt') !== 'false', zoom: inner('Zoom') !== 'false' });
      return done;
    case 'RelativeMove':
      return moved(axes('Translation'), axes('Speed'), head.relative);
    case 'AbsoluteMove':
      return moved(axes('Position'), axes('Speed'), head.absolute);
    case 'GotoHomePosition':
      head.home(axes('Speed'));
      return done;
    case 'SetHomePosition':
      head.setHome();
      return done;
    case 'GetPresets':
      return `<tptz:GetPresetsResponse>${[...head.presets].map(([token, one]) => `<tptz:Preset token="${token}"><tt:Name>${one.name.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</tt:Name><tt:PTZPosition>${positionXml(one.position)}</tt:PTZPosition></tptz:Preset>`).join('')}</tptz:GetPresetsResponse>`;
    case 'SetPreset':
      return `<tptz:SetPresetResponse><tptz:PresetToken>${head.setPreset(inner('PresetName') ?? '', inner('PresetToken'))}</tptz:PresetToken></tptz:SetPresetResponse>`;
    case 'GotoPreset':
      return head.gotoPreset(inner('PresetToken') ?? '', axes('Speed')) ? done : undefined;
    case 'RemovePreset':
      return head.presets.delete(inner('PresetToken') ?? '') ? done : undefined;
  }
  return degrees ? DEGREE_NODES : NODES;
}
