import { child, children, number, text, type Xml } from './xml.ts';

/**
 * In which numbers a head is steered (ONVIF PTZ service, 5.7 "PTZ coordinate spaces"). To the rest of the house there is
 * one: pan and tilt -1..1 (a half turn each way, straight down to straight up), zoom 0..1 as a position, speeds as parts of
 * the fastest. A head that offers its generic space is steered in it; one that counts in degrees by degrees; any other by
 * the range that it names.
 */
export interface PtzRange {
  min: number;
  max: number;
}
export interface PtzSpace {
  uri: string;
  x: PtzRange;
  /** Tilt; zoom has none. */
  y: PtzRange;
}
interface Axes {
  panTilt: PtzSpace[];
  zoom: PtzSpace[];
}
export type PtzMove = 'absolute' | 'relative' | 'continuous' | 'speed';
export type PtzSpaces = Record<PtzMove, Axes> & {
  /** Moves in halves of the picture; null where the head has none. */
  fov: PtzSpace | null;
};
export type PtzAxis = 'pan' | 'tilt' | 'zoom';

const NAMES = {
  absolute: ['AbsolutePanTiltPositionSpace', 'AbsoluteZoomPositionSpace'],
  relative: ['RelativePanTiltTranslationSpace', 'RelativeZoomTranslationSpace'],
  continuous: ['ContinuousPanTiltVelocitySpace', 'ContinuousZoomVelocitySpace'],
  speed: ['PanTiltSpeedSpace', 'ZoomSpeedSpace'],
} as const;
const FOV = /\/TranslationSpaceFov$/i;
/** Pan 1 is half a turn and tilt 1 is straight up, as in the generic space of a dome that turns all round. */
const DEGREES = { pan: 180, tilt: 90, zoom: 1 };

/** The spaces of a node; a range that is missing or makes no sense is that of the generic space. */
export function readSpaces(node: Xml): PtzSpaces {
  const all = child(node, 'SupportedPTZSpaces');
  const read = (move: PtzMove, name: string, usual: PtzRange) =>
    children(all, name).map((one) => {
      const x = rangeIn(child(one, 'XRange'), move);
      // a speed has one range for both axes
      const y = move === 'speed' ? (rangeIn(child(one, 'YRange'), move) ?? x) : rangeIn(child(one, 'YRange'), move); // prettier-ignore
      // one that goes from 0 to 0 beside one that goes somewhere: the head has no such axis
      return { uri: text(one, 'URI') ?? '', x: moves(x) || (x && moves(y)) ? x! : usual, y: moves(y) || (y && moves(x)) ? y! : usual }; // prettier-ignore
    });
  const axes = (move: PtzMove): Axes => ({
    panTilt: read(move, NAMES[move][0], usualOf(move, 'pan')),
    zoom: read(move, NAMES[move][1], usualOf(move, 'zoom')),
  });
  const relative = axes('relative');
  return {
    absolute: axes('absolute'),
    relative: { ...relative, panTilt: relative.panTilt.filter(({ uri }) => !FOV.test(uri)) },
    continuous: axes('continuous'),
    speed: axes('speed'),
    fov: relative.panTilt.find(({ uri }) => FOV.test(uri)) ?? null,
  };
}
function rangeIn(node: Xml | undefined, move: PtzMove): PtzRange | undefined {
  const [min, max] = [number(node, 'Min'), number(node, 'Max')];
  if (min === undefined || max === undefined || min > max) return undefined;
  // what is moved by can be nothing
  const hasRest = move === 'absolute' || move === 'speed' || (min <= 0 && max >= 0);
  return hasRest && (move !== 'speed' || min >= 0) ? { min, max } : undefined;
}
const moves = (range: PtzRange | undefined) => range !== undefined && range.min < range.max;
const usualOf = (move: PtzMove, axis: PtzAxis): PtzRange =>
  move === 'speed' || (move === 'absolute' && axis === 'zoom') ? { min: 0, max: 1 } : { min: -1, max: 1 };

/** Called generic and numbered so: some call degrees by that name. */
const isGeneric = ({ uri, x, y }: PtzSpace) =>
  /Generic(Speed)?Space$/i.test(uri) && [x, y].every(({ min, max }) => min >= -1.001 && max <= 1.001);
const isDegrees = ({ uri }: PtzSpace) => /\/Spherical\w*Space(Degrees)?$/i.test(uri);

/** The space that a move goes by: the generic one, else degrees, else the first. */
export function chosenSpace(spaces: readonly PtzSpace[]): PtzSpace | undefined {
  return spaces.find(isGeneric) ?? spaces.find(isDegrees) ?? spaces[0];
}
/** What a command has to say of its space: nothing where the head could mean no other. */
export const namedSpace = (spaces: readonly PtzSpace[], chosen: PtzSpace | undefined): string | undefined =>
  chosen && (spaces.length > 1 || !isGeneric(chosen)) && chosen.uri !== '' ? chosen.uri : undefined;

const rangeOf = (space: PtzSpace, axis: PtzAxis) => (axis === 'tilt' ? space.y : space.x);
const within = (value: number, { min, max }: PtzRange) => Math.min(max, Math.max(min, value));

/** Our number as the head counts; the nearest that it takes. */
export function toDevice(space: PtzSpace | undefined, move: PtzMove, axis: PtzAxis, value: number): number {
  const usual = within(value, usualOf(move, axis));
  if (!space) return usual;
  const range = rangeOf(space, axis);
  if (isDegrees(space) && (move === 'absolute' || move === 'relative')) {
    const degrees = value * DEGREES[axis];
    // a head that counts 0 to 360 finds what lies at -90 at 270
    const turns = move === 'absolute' && axis === 'pan' ? [0, 360, -360] : [0];
    const reached = turns.map((turn) => degrees + turn).find((one) => one >= range.min && one <= range.max);
    return reached ?? within(degrees, range);
  }
  if (isGeneric(space) && (move === 'absolute' || move === 'relative')) return within(usual, range);
  if (move !== 'absolute') return within(usual < 0 ? usual * -range.min : usual * range.max, range);
  const { min, max } = usualOf(move, axis);
  return within(range.min + ((usual - min) / (max - min)) * (range.max - range.min), range);
}

/** A position that the head tells, as our number. */
export function fromDevice(space: PtzSpace | undefined, axis: PtzAxis, value: number): number {
  if (!space || isGeneric(space)) return value;
  if (isDegrees(space)) {
    const part = value / DEGREES[axis];
    return axis === 'pan' ? part - 2 * Math.ceil((part - 1) / 2) : part;
  }
  const range = rangeOf(space, axis);
  if (!moves(range)) return 0;
  const { min, max } = usualOf('absolute', axis);
  return min + ((value - range.min) / (range.max - range.min)) * (max - min);
}

/** The space of a position: the one that it names; without a name the one that we steer by, unless it lies outside of it. */
export function spaceOfPosition(
  spaces: readonly PtzSpace[],
  uri: string | undefined,
  at: { x: number; y?: number },
): PtzSpace | undefined {
  const named = spaces.find((one) => one.uri.toLowerCase() === uri?.toLowerCase());
  const chosen = chosenSpace(spaces);
  const holds = ({ x, y }: PtzSpace) => within(at.x, x) === at.x && (at.y === undefined || within(at.y, y) === at.y); // prettier-ignore
  return named ?? (!chosen || holds(chosen) ? chosen : (spaces.find(holds) ?? chosen));
}

/** How far absolute pan and tilt go, in our numbers; pan of a head that counts from 0 goes beyond 1. */
export function limitsOf(spaces: readonly PtzSpace[]): { pan: PtzRange; tilt: PtzRange } | null {
  const space = chosenSpace(spaces);
  if (!space) return null;
  if (isGeneric(space)) return { pan: space.x, tilt: space.y };
  if (!isDegrees(space)) return { pan: { min: -1, max: 1 }, tilt: { min: -1, max: 1 } };
  const part = ({ min, max }: PtzRange, of: number) => ({ min: min / of, max: max / of });
  return { pan: part(space.x, DEGREES.pan), tilt: part(space.y, DEGREES.tilt) };
}
