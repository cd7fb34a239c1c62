import type { CallOptions, OnvifClient } from './client.ts';
import { OnvifError } from './errors.ts';
import { attribute, child, children, flag, number, text, escapeXml, type Xml } from './xml.ts';

/**
 * Pan and tilt -1..1 (left to right, down to up), zoom -1..1 as a speed or translation, 0..1 as a position. Pan and tilt
 * are one axis to ONVIF: with one of them given the other counts as 0. Without both, or without zoom, that axis stays.
 */
export interface PtzVector {
  pan?: number;
  tilt?: number;
  zoom?: number;
}

export interface PtzRange {
  min: number;
  max: number;
}

export interface PtzNode {
  token: string;
  name: string;
  continuous: { panTilt: boolean; zoom: boolean };
  relative: { panTilt: boolean; zoom: boolean };
  /** Relative moves in the field of view: x = 1 is half of the picture to the right (click to centre). */
  relativeFov: boolean;
  absolute: { panTilt: boolean; zoom: boolean };
  /** How far absolute pan and tilt go, in the generic space; null where the device does not say. */
  limits: { pan: PtzRange; tilt: PtzRange } | null;
  home: boolean;
  maxPresets: number;
}

export interface PtzStatus {
  /** Null where the device does not know its position. */
  position: { pan: number | null; tilt: number | null; zoom: number | null };
  moving: boolean | null;
}

export interface PtzPreset {
  token: string;
  name: string;
  position: { pan: number | null; tilt: number | null; zoom: number | null } | null;
}

/** PTZ of one media profile (the profile's token goes with every call). All reject with OnvifError. */
export interface OnvifPtz {
  nodes(options?: CallOptions): Promise<PtzNode[]>;
  status(options?: CallOptions): Promise<PtzStatus>;
  /** Moves until `stop` or `timeoutMs` (the device's own default where absent: it may be seconds, or for ever). */
  continuous(speed: PtzVector, timeoutMs?: number, options?: CallOptions): Promise<void>;
  stop(axes?: { panTilt?: boolean; zoom?: boolean }, options?: CallOptions): Promise<void>;
  /** `fov`: pan and tilt count in halves of the picture; `speed` 0..1 where the device may choose. */
  relative(by: PtzVector, of?: { speed?: PtzVector; fov?: boolean }, options?: CallOptions): Promise<void>;
  absolute(to: PtzVector, speed?: PtzVector, options?: CallOptions): Promise<void>;
  presets(options?: CallOptions): Promise<PtzPreset[]>;
  /** Keeps the present position; with `token` over that preset. @returns its token */
  setPreset(name: string, token?: string, options?: CallOptions): Promise<string>;
  gotoPreset(token: string, speed?: PtzVector, options?: CallOptions): Promise<void>;
  removePreset(token: string, options?: CallOptions): Promise<void>;
  home(speed?: PtzVector, options?: CallOptions): Promise<void>;
}

const SPACE = 'http://www.onvif.org/ver10/tptz';
const POSITION = `${SPACE}/PanTiltSpaces/PositionGenericSpace`;
const FOV = `${SPACE}/PanTiltSpaces/TranslationSpaceFov`;

/** PTZ operations over a client; `profileToken` names a profile that has a PTZ configuration. */
export function createPtz(client: OnvifClient, profileToken: string): OnvifPtz {
  const profile = `<tptz:ProfileToken>${escapeXml(profileToken)}</tptz:ProfileToken>`;
  const run = (name: string, inner: string, options?: CallOptions) =>
    client.call('ptz', `<tptz:${name}>${inner}</tptz:${name}>`, {
      action: `http://www.onvif.org/ver20/ptz/wsdl/${name}`,
      ...options,
    });
  const speedOf = (speed: PtzVector | undefined) => (speed ? vector('Speed', speed, 0, 1) : '');
  const preset = (token: string) => `<tptz:PresetToken>${escapeXml(token)}</tptz:PresetToken>`;
  return {
    async nodes(options) {
      return children(await run('GetNodes', '', options), 'PTZNode').map(readNode);
    },
    async status(options) {
      const status = child(await run('GetStatus', profile, options), 'PTZStatus');
      const move = child(status, 'MoveStatus');
      const words = [text(move, 'PanTilt'), text(move, 'Zoom')].filter((one) => one !== undefined);
      return {
        position: readPosition(child(status, 'Position')),
        moving: words.length === 0 ? null : words.some((one) => /^moving$/i.test(one)),
      };
    },
    async continuous(speed, timeoutMs, options) {
      const limit = timeoutMs === undefined ? '' : `<tptz:Timeout>${duration(timeoutMs)}</tptz:Timeout>`;
      await run('ContinuousMove', `${profile}${vector('Velocity', speed, -1, 1)}${limit}`, options);
    },
    async stop(axes = {}, options) {
      const { panTilt = true, zoom = true } = axes;
      await run(
        'Stop',
        `${profile}<tptz:PanTilt>${panTilt}</tptz:PanTilt><tptz:Zoom>${zoom}</tptz:Zoom>`,
        options,
      );
    },
    async relative(by, of = {}, options) {
      const move = vector('Translation', by, -1, 1, of.fov ? FOV : undefined);
      await run('RelativeMove', `${profile}${move}${speedOf(of.speed)}`, options);
    },
    async absolute(to, speed, options) {
      await run('AbsoluteMove', `${profile}${vector('Position', to, -1, 1)}${speedOf(speed)}`, options);
    },
    async presets(options) {
      return children(await run('GetPresets', profile, options), 'Preset').flatMap((one) => {
        const token = attribute(one, 'token');
        if (token === undefined) return [];
        const at = child(one, 'PTZPosition');
        return [{ token, name: text(one, 'Name') ?? token, position: at ? readPosition(at) : null }];
      });
    },
    async setPreset(name, token, options) {
      const named = `<tptz:PresetName>${escapeXml(name)}</tptz:PresetName>`;
      const answer = await run(
        'SetPreset',
        `${profile}${named}${token === undefined ? '' : preset(token)}`,
        options,
      );
      const made = text(answer, 'PresetToken') ?? token;
      if (made === undefined) throw new OnvifError('fault', { fault: 'NoToken' });
      return made;
    },
    async gotoPreset(token, speed, options) {
      await run('GotoPreset', `${profile}${preset(token)}${speedOf(speed)}`, options);
    },
    async removePreset(token, options) {
      await run('RemovePreset', `${profile}${preset(token)}`, options);
    },
    async home(speed, options) {
      await run('GotoHomePosition', `${profile}${speedOf(speed)}`, options);
    },
  };
}

/** Only the axes that are given: an absent one is left alone by the device, a zero one would stop it. */
function vector(name: string, of: PtzVector, low: number, high: number, space?: string): string {
  const clamp = (value: number) => String(Number(Math.min(high, Math.max(low, value)).toFixed(4)));
  const attributes = space === undefined ? '' : ` space="${space}"`;
  const parts: string[] = [];
  if (of.pan !== undefined || of.tilt !== undefined)
    parts.push(`<tt:PanTilt x="${clamp(of.pan ?? 0)}" y="${clamp(of.tilt ?? 0)}"${attributes}/>`);
  if (of.zoom !== undefined) parts.push(`<tt:Zoom x="${clamp(of.zoom)}"/>`);
  return `<tptz:${name}>${parts.join('')}</tptz:${name}>`;
}

/** xs:duration of at least a tenth of a second: some devices read less as "no limit". */
const duration = (ms: number) => `PT${Math.max(0.1, ms / 1000).toFixed(1)}S`;

function readPosition(node: Xml | undefined): PtzStatus['position'] {
  const axis = (name: string, key: string) => {
    const raw = attribute(child(node, name), key);
    const value = raw === undefined || raw === '' ? Number.NaN : Number(raw);
    return Number.isFinite(value) ? value : null;
  };
  return { pan: axis('PanTilt', 'x'), tilt: axis('PanTilt', 'y'), zoom: axis('Zoom', 'x') };
}

function readNode(node: Xml): PtzNode {
  const spaces = child(node, 'SupportedPTZSpaces');
  const has = (kind: string) => children(spaces, kind).length > 0;
  const fov = children(spaces, 'RelativePanTiltTranslationSpace').some((one) => text(one, 'URI') === FOV);
  return {
    token: attribute(node, 'token') ?? '',
    name: text(node, 'Name') ?? '',
    continuous: { panTilt: has('ContinuousPanTiltVelocitySpace'), zoom: has('ContinuousZoomVelocitySpace') },
    relative: { panTilt: has('RelativePanTiltTranslationSpace'), zoom: has('RelativeZoomTranslationSpace') },
    relativeFov: fov,
    absolute: { panTilt: has('AbsolutePanTiltPositionSpace'), zoom: has('AbsoluteZoomPositionSpace') },
    limits: readLimits(children(spaces, 'AbsolutePanTiltPositionSpace')),
    home: flag(node, 'HomeSupported') ?? false,
    maxPresets: number(node, 'MaximumNumberOfPresets') ?? 0,
  };
}

/** A range that is missing or makes no sense is that of the generic space. */
function readRange(node: Xml | undefined): PtzRange {
  const [min, max] = [number(node, 'Min'), number(node, 'Max')];
  return min !== undefined && max !== undefined && min < max ? { min, max } : { min: -1, max: 1 };
}
function readLimits(spaces: readonly Xml[]): PtzNode['limits'] {
  const generic = spaces.find((one) => text(one, 'URI') === POSITION);
  if (!generic) return null;
  return { pan: readRange(child(generic, 'XRange')), tilt: readRange(child(generic, 'YRange')) };
}
