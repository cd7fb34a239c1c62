import type { DemoHead, HeadPosition } from './head.ts';
import { escaped, textOf } from './soap.ts';

/** The PTZ service of the demo's dome. */
export const PTZ_CONFIGURATION =
  '<tt:PTZConfiguration token="PTZ"><tt:Name>PTZ</tt:Name><tt:UseCount>1</tt:UseCount><tt:NodeToken>Node</tt:NodeToken></tt:PTZConfiguration>';
const MOST_PRESETS = 64;

const range = (axis: string, min: number) =>
  `<tt:${axis}Range><tt:Min>${min}</tt:Min><tt:Max>1</tt:Max></tt:${axis}Range>`;
const space = (name: string, uri: string, ranges: string) =>
  `<tt:${name}><tt:URI>http://www.onvif.org/ver10/tptz/${uri}</tt:URI>${ranges}</tt:${name}>`;
const PAN_TILT = range('X', -1) + range('Y', -1);
const NODES =
  '<tptz:GetNodesResponse><tptz:PTZNode token="Node" FixedHomePosition="true"><tt:Name>Dome</tt:Name><tt:SupportedPTZSpaces>' +
  space('AbsolutePanTiltPositionSpace', 'PanTiltSpaces/PositionGenericSpace', PAN_TILT) +
  space('AbsoluteZoomPositionSpace', 'ZoomSpaces/PositionGenericSpace', range('X', 0)) +
  space('RelativePanTiltTranslationSpace', 'PanTiltSpaces/TranslationGenericSpace', PAN_TILT) +
  space('RelativeZoomTranslationSpace', 'ZoomSpaces/TranslationGenericSpace', range('X', -1)) +
  space('ContinuousPanTiltVelocitySpace', 'PanTiltSpaces/VelocityGenericSpace', PAN_TILT) +
  space('ContinuousZoomVelocitySpace', 'ZoomSpaces/VelocityGenericSpace', range('X', -1)) +
  `</tt:SupportedPTZSpaces><tt:MaximumNumberOfPresets>${MOST_PRESETS}</tt:MaximumNumberOfPresets><tt:HomeSupported>true</tt:HomeSupported></tptz:PTZNode></tptz:GetNodesResponse>`;

const vectorXml = ({ pan, tilt, zoom }: HeadPosition) =>
  `<tt:PanTilt x="${pan.toFixed(4)}" y="${tilt.toFixed(4)}"/><tt:Zoom x="${zoom.toFixed(4)}"/>`;

/** The axes that a request names, in the element `tag`. What is no number counts as not named. */
function axesOf(xml: string, tag: string): Partial<HeadPosition> {
  const block = new RegExp(`<(?:\\w+:)?${tag}>(.*?)</(?:\\w+:)?${tag}>`, 's').exec(xml)?.[1] ?? '';
  const of = (element: string, key: string) => {
    const value = new RegExp(`${element}[^>]*?\\b${key}="([^"]*)"`).exec(block)?.[1];
    const number = value === undefined || value === '' ? Number.NaN : Number(value);
    return Number.isFinite(number) ? Math.min(1, Math.max(-1, number)) : undefined;
  };
  const all = { pan: of('PanTilt', 'x'), tilt: of('PanTilt', 'y'), zoom: of('Zoom', 'x') };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
const secondsOf = (duration: string | undefined) => Number(/^PT([\d.]+)S$/.exec(duration ?? '')?.[1] ?? 10);

/** What the head does for a request, and the answer; undefined when it does not know the request or the preset. */
export function ptzAnswer(name: string, xml: string, head: DemoHead): string | undefined {
  const done = `<tptz:${name}Response/>`;
  switch (name) {
    case 'GetNodes':
      return NODES;
    case 'GetStatus': {
      const state = head.isMoving() ? 'MOVING' : 'IDLE';
      return `<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position>${vectorXml(head.position())}</tt:Position><tt:MoveStatus><tt:PanTilt>${state}</tt:PanTilt><tt:Zoom>${state}</tt:Zoom></tt:MoveStatus><tt:UtcTime>${new Date().toISOString()}</tt:UtcTime></tptz:PTZStatus></tptz:GetStatusResponse>`;
    }
    case 'ContinuousMove':
      head.continuous(axesOf(xml, 'Velocity'), secondsOf(textOf(xml, 'Timeout')) * 1000);
      return done;
    case 'Stop':
      head.stop({ panTilt: textOf(xml, 'PanTilt') !== 'false', zoom: textOf(xml, 'Zoom') !== 'false' });
      return done;
    case 'RelativeMove':
      head.relative(axesOf(xml, 'Translation'), axesOf(xml, 'Speed'));
      return done;
    case 'AbsoluteMove':
      head.absolute(axesOf(xml, 'Position'), axesOf(xml, 'Speed'));
      return done;
    case 'GotoHomePosition':
      head.home(axesOf(xml, 'Speed'));
      return done;
    case 'GetPresets':
      return `<tptz:GetPresetsResponse>${head.presets().map((one) => `<tptz:Preset token="${escaped(one.token)}"><tt:Name>${escaped(one.name)}</tt:Name><tt:PTZPosition>${vectorXml(one.position)}</tt:PTZPosition></tptz:Preset>`).join('')}</tptz:GetPresetsResponse>`; // prettier-ignore
    case 'SetPreset': {
      const token = textOf(xml, 'PresetToken');
      if (head.presets().length >= MOST_PRESETS && token === undefined) return undefined;
      return `<tptz:SetPresetResponse><tptz:PresetToken>${escaped(head.setPreset(textOf(xml, 'PresetName') ?? '', token))}</tptz:PresetToken></tptz:SetPresetResponse>`;
    }
    case 'GotoPreset':
      return head.gotoPreset(textOf(xml, 'PresetToken') ?? '', axesOf(xml, 'Speed')) ? done : undefined;
    case 'RemovePreset':
      return head.removePreset(textOf(xml, 'PresetToken') ?? '') ? done : undefined;
  }
  return undefined;
}
