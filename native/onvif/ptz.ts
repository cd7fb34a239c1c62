import type { CallOptions, OnvifClient } from './client.ts';
import { OnvifError } from './errors.ts';
import {
  chosenSpace,
  fromDevice,
  limitsOf,
  namedSpace,
  readSpaces,
  spaceOfPosition,
  toDevice,
  type PtzMove,
  type PtzRange,
  type PtzSpace,
  type PtzSpaces,
} from './ptz-spaces.ts';
import { attribute, child, children, flag, number, text, escapeXml, type Xml } from './xml.ts';

/**
 * Whatever the head counts in (`ptz-spaces.ts`): pan and tilt -1..1 (left to right, down to up), zoom -1..1 as a speed or translation, 0..1 as a position. Pan and tilt
 * are one axis to ONVIF: with one of them given the other counts as 0. Without both, or without zoom, that axis stays.
 */
export interface PtzVector {
  pan?: number;
  tilt?: number;
  zoom?: number;
}

export interface PtzNode {
  token: string;
  name: string;
  continuous: { panTilt: boolean; zoom: boolean };
  relative: { panTilt: boolean; zoom: boolean };
  /** Relative moves in the field of view: x = 1 is half of the picture to the right (click to centre). */
  relativeFov: boolean;
  absolute: { panTilt: boolean; zoom: boolean };
  /** How far absolute pan and tilt go; null where the device does not say. */
  limits: { pan: PtzRange; tilt: PtzRange } | null;
  spaces: PtzSpaces;
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

const action = (name: string) => `http://www.onvif.org/ver20/ptz/wsdl/${name}`;
/** Heads of a device, with what each can do. @throws OnvifError */
export async function getNodes(client: OnvifClient, options?: CallOptions): Promise<PtzNode[]> {
  const answer = await client.call('ptz', '<tptz:GetNodes/>', { action: action('GetNodes'), ...options });
  return children(answer, 'PTZNode').map(readNode);
}

/**
 * PTZ operations over a client.
 * @param profileToken of a profile that has a PTZ configuration
 * @param spaces of its node; absent: the generic ones
 */
export function createPtz(client: OnvifClient, profileToken: string, spaces?: PtzSpaces): OnvifPtz {
  const profile = `<tptz:ProfileToken>${escapeXml(profileToken)}</tptz:ProfileToken>`;
  const run = (name: string, inner: string, options?: CallOptions) =>
    client.call('ptz', `<tptz:${name}>${inner}</tptz:${name}>`, {
      action: action(name),
      ...options,
    });
  const speedOf = (speed: PtzVector | undefined) => (speed ? vector('Speed', speed, 'speed', spaces) : '');
  const preset = (token: string) => `<tptz:PresetToken>${escapeXml(token)}</tptz:PresetToken>`;
  return {
    async status(options) {
      const status = child(await run('GetStatus', profile, options), 'PTZStatus');
      const move = child(status, 'MoveStatus');
      const words = [text(move, 'PanTilt'), text(move, 'Zoom')].filter((one) => one !== undefined);
      return {
        position: readPosition(child(status, 'Position'), spaces),
        moving: words.length === 0 ? null : words.some((one) => /^moving$/i.test(one)),
      };
    },
    async continuous(speed, timeoutMs, options) {
      const limit = timeoutMs === undefined ? '' : `<tptz:Timeout>${duration(timeoutMs)}</tptz:Timeout>`;
      await run(
        'ContinuousMove',
        `${profile}${vector('Velocity', speed, 'continuous', spaces)}${limit}`,
        options,
      );
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
      const move = vector('Translation', by, 'relative', spaces, of.fov === true);
      await run('RelativeMove', `${profile}${move}${speedOf(of.speed)}`, options);
    },
    async absolute(to, speed, options) {
      await run(
        'AbsoluteMove',
        `${profile}${vector('Position', to, 'absolute', spaces)}${speedOf(speed)}`,
        options,
      );
    },
    async presets(options) {
      return children(await run('GetPresets', profile, options), 'Preset').flatMap((one) => {
        const token = attribute(one, 'token');
        if (token === undefined) return [];
        const at = child(one, 'PTZPosition');
        return [{ token, name: text(one, 'Name') ?? token, position: at ? readPosition(at, spaces) : null }];
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
function vector(
  name: string,
  of: PtzVector,
  move: PtzMove,
  spaces: PtzSpaces | undefined,
  fov = false,
): string {
  const panTilt = spaces?.[move].panTilt ?? [];
  const zoom = spaces?.[move].zoom ?? [];
  const [turn, near] = [fov ? fovOf(spaces) : chosenSpace(panTilt), chosenSpace(zoom)];
  const parts: string[] = [];
  if (of.pan !== undefined || of.tilt !== undefined) {
    const [x, y] = [toDevice(turn, move, 'pan', of.pan ?? 0), toDevice(turn, move, 'tilt', of.tilt ?? 0)];
    parts.push(`<tt:PanTilt x="${figure(x)}" y="${figure(y)}"${inSpace(fov ? turn?.uri : namedSpace(panTilt, turn))}/>`); // prettier-ignore
  }
  if (of.zoom !== undefined)
    parts.push(`<tt:Zoom x="${figure(toDevice(near, move, 'zoom', of.zoom))}"${inSpace(namedSpace(zoom, near))}/>`); // prettier-ignore
  return `<tptz:${name}>${parts.join('')}</tptz:${name}>`;
}
const figure = (value: number) => String(Number(value.toFixed(4)));
const inSpace = (uri: string | undefined) => (uri === undefined ? '' : ` space="${escapeXml(uri)}"`);

const HALVES = { min: -1, max: 1 };
const fovOf = (spaces: PtzSpaces | undefined): PtzSpace =>
  spaces?.fov ?? { uri: 'http://www.onvif.org/ver10/tptz/PanTiltSpaces/TranslationSpaceFov', x: HALVES, y: HALVES }; // prettier-ignore

/** xs:duration of at least a tenth of a second: some devices read less as "no limit". */
const duration = (ms: number) => `PT${Math.max(0.1, ms / 1000).toFixed(1)}S`;

function readPosition(node: Xml | undefined, spaces: PtzSpaces | undefined): PtzStatus['position'] {
  const read = (name: string, key: string) => {
    const raw = attribute(child(node, name), key);
    const value = raw === undefined || raw === '' ? Number.NaN : Number(raw);
    return Number.isFinite(value) ? value : null;
  };
  const [x, y, near] = [read('PanTilt', 'x'), read('PanTilt', 'y'), read('Zoom', 'x')];
  const spaceOf = (name: 'PanTilt' | 'Zoom', among: readonly PtzSpace[], at: { x: number; y?: number }) =>
    spaceOfPosition(among, attribute(child(node, name), 'space'), at);
  const turn = spaceOf('PanTilt', spaces?.absolute.panTilt ?? [], { x: x ?? 0, y: y ?? 0 });
  const zoom = spaceOf('Zoom', spaces?.absolute.zoom ?? [], { x: near ?? 0 });
  return {
    pan: x === null ? null : fromDevice(turn, 'pan', x),
    tilt: y === null ? null : fromDevice(turn, 'tilt', y),
    zoom: near === null ? null : fromDevice(zoom, 'zoom', near),
  };
}

function readNode(node: Xml): PtzNode {
  const spaces = readSpaces(node);
  const can = (move: PtzMove) => ({
    panTilt: spaces[move].panTilt.length > 0,
    zoom: spaces[move].zoom.length > 0,
  });
  return {
    token: attribute(node, 'token') ?? '',
    name: text(node, 'Name') ?? '',
    continuous: can('continuous'),
    relative: can('relative'),
    relativeFov: spaces.fov !== null,
    absolute: can('absolute'),
    limits: limitsOf(spaces.absolute.panTilt),
    spaces,
    home: flag(node, 'HomeSupported') ?? false,
    maxPresets: number(node, 'MaximumNumberOfPresets') ?? 0,
  };
}
