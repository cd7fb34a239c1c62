/** A head of the test device that counts in degrees and millimetres only, and refuses what lies outside of its ranges. */
const TPTZ = 'http://www.onvif.org/ver10/tptz';
const SPACES = {
  AbsolutePanTiltPositionSpace: ['PanTiltSpaces/SphericalPositionSpaceDegrees', [0, 360], [-90, 20]],
  AbsoluteZoomPositionSpace: ['ZoomSpaces/PositionSpaceMillimeter', [5, 105]],
  RelativePanTiltTranslationSpace: [
    'PanTiltSpaces/SphericalTranslationSpaceDegrees',
    [-360, 360],
    [-110, 110],
  ],
  RelativeZoomTranslationSpace: ['ZoomSpaces/TranslationSpaceMillimeter', [-100, 100]],
  ContinuousPanTiltVelocitySpace: ['PanTiltSpaces/VelocitySpaceDegrees', [-80, 80], [-40, 40]],
  ContinuousZoomVelocitySpace: ['ZoomSpaces/VelocitySpaceMillimeter', [-20, 20]],
  PanTiltSpeedSpace: ['PanTiltSpaces/SpeedSpaceDegrees', [0, 80]],
  ZoomSpeedSpace: ['ZoomSpaces/SpeedSpaceMillimeter', [0, 20]],
} as const satisfies Record<string, readonly [string, readonly number[], (readonly number[])?]>;

const range = (name: string, of: readonly number[] | undefined) =>
  of ? `<tt:${name}><tt:Min>${of[0]}</tt:Min><tt:Max>${of[1]}</tt:Max></tt:${name}>` : '';
export const DEGREE_NODES =
  '<tptz:GetNodesResponse><tptz:PTZNode token="Node0"><tt:Name>Degrees</tt:Name><tt:SupportedPTZSpaces>' +
  Object.entries<readonly [string, readonly number[], (readonly number[])?]>(SPACES)
    .map(
      ([name, [uri, x, y]]) =>
        `<tt:${name}><tt:URI>${TPTZ}/${uri}</tt:URI>${range('XRange', x)}${range('YRange', y)}</tt:${name}>`,
    ) // prettier-ignore
    .join('') +
  '</tt:SupportedPTZSpaces><tt:MaximumNumberOfPresets>8</tt:MaximumNumberOfPresets><tt:HomeSupported>true</tt:HomeSupported></tptz:PTZNode></tptz:GetNodesResponse>';

type Vector = Partial<Record<'pan' | 'tilt' | 'zoom', number>>;
/** Units of the head (generic: half a turn, a quarter turn, the whole zoom) per unit of its spaces. */
const FACTORS = {
  Position: { pan: 1 / 180, tilt: 1 / 90, zoom: 1 / 100 },
  Translation: { pan: 1 / 180, tilt: 1 / 90, zoom: 1 / 100 },
  Velocity: { pan: 1 / 80, tilt: 1 / 40, zoom: 1 / 20 },
  Speed: { pan: 1 / 80, tilt: 1 / 80, zoom: 1 / 20 },
};
const SPACES_OF = {
  Position: ['AbsolutePanTiltPositionSpace', 'AbsoluteZoomPositionSpace'],
  Translation: ['RelativePanTiltTranslationSpace', 'RelativeZoomTranslationSpace'],
  Velocity: ['ContinuousPanTiltVelocitySpace', 'ContinuousZoomVelocitySpace'],
  Speed: ['PanTiltSpeedSpace', 'ZoomSpeedSpace'],
} as const;

/**
 * A vector as the head understands it; undefined where it names another space, or goes beyond a range.
 * @param block the vector's element
 */
export function fromDegrees(tag: keyof typeof FACTORS, block: string, of: Vector): Vector | undefined {
  const [turn, near] = SPACES_OF[tag].map((name) => SPACES[name]);
  const spaceOf = (element: string) => new RegExp(`${element}[^>]*\\bspace="([^"]*)"`).exec(block)?.[1];
  const limits = { pan: turn![1], tilt: (turn as readonly [string, unknown, (readonly number[])?])[2] ?? turn![1], zoom: near![1] }; // prettier-ignore
  const made: Vector = {};
  for (const axis of ['pan', 'tilt', 'zoom'] as const) {
    const value = of[axis];
    if (value === undefined) continue;
    const [min, max] = limits[axis] as readonly [number, number];
    const isZoom = axis === 'zoom';
    if (spaceOf(isZoom ? 'Zoom' : 'PanTilt') !== `${TPTZ}/${(isZoom ? near! : turn!)[0]}`) return undefined;
    if (value < min || value > max) return undefined;
    const unit = (value - (isZoom && tag === 'Position' ? 5 : 0)) * FACTORS[tag][axis];
    made[axis] = axis === 'pan' && tag === 'Position' && unit > 1 ? unit - 2 : unit;
  }
  return made;
}

export const degreesXml = ({ pan, tilt, zoom }: Required<Vector>) =>
  `<tt:PanTilt x="${((pan * 180 + 360) % 360).toFixed(2)}" y="${(tilt * 90).toFixed(2)}" space="${TPTZ}/PanTiltSpaces/SphericalPositionSpaceDegrees"/>` +
  `<tt:Zoom x="${(5 + zoom * 100).toFixed(2)}" space="${TPTZ}/ZoomSpaces/PositionSpaceMillimeter"/>`;
