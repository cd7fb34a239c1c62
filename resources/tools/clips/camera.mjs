/** A pinhole camera with the slight barrel distortion of a surveillance lens. Pixels are continuous, (0, 0) top left. */
export const WIDTH = 640;
export const HEIGHT = 360;

const normal = (v) => {
  const l = Math.hypot(...v);
  return v.map((x) => x / l);
};
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

/** @param options eye and look-at point, horizontal field of view in degrees, distortion k (0.1 is a typical 2.8 mm lens) */
export function makeCamera({ eye, look, fov = 80, k = 0.1, width = WIDTH, height = HEIGHT }) {
  const forward = normal(look.map((v, i) => v - eye[i]));
  const right = normal(cross(forward, [0, 1, 0]));
  const up = cross(right, forward);
  const half = width / 2;
  // the scale at the left and right edge is what `fov` names
  const tan = Math.tan((fov * Math.PI) / 360) / (1 + k);
  /** Writes the unit direction through a pixel into `d`. */
  const ray = (px, py, d) => {
    let u = (px - half) / half;
    let v = (py - height / 2) / half;
    const f = (1 + k * (u * u + v * v)) * tan;
    u *= f;
    v *= f;
    const x = forward[0] + right[0] * u - up[0] * v;
    const y = forward[1] + right[1] * u - up[1] * v;
    const z = forward[2] + right[2] * u - up[2] * v;
    const l = 1 / Math.sqrt(x * x + y * y + z * z);
    d[0] = x * l;
    d[1] = y * l;
    d[2] = z * l;
  };
  /** Pixel and depth of a point; undefined behind the camera. */
  const project = (p) => {
    const w = p.map((v, i) => v - eye[i]);
    const z = w[0] * forward[0] + w[1] * forward[1] + w[2] * forward[2];
    if (z < 0.05) return undefined;
    const U = (w[0] * right[0] + w[1] * right[1] + w[2] * right[2]) / z / tan;
    const V = -(w[0] * up[0] + w[1] * up[1] + w[2] * up[2]) / z / tan;
    let u = U;
    let v = V;
    for (let i = 0; i < 8; i += 1) {
      const f = 1 + k * Math.min(6, u * u + v * v);
      u = U / f;
      v = V / f;
    }
    return { x: half + u * half, y: height / 2 + v * half, depth: Math.hypot(...w), scale: half / z / tan };
  };
  /** Pixel rectangle around world points, padded, cut to the picture; undefined if nothing of it shows. */
  const rectangle = (points, pad = 3) => {
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    let behind = false;
    for (const point of points) {
      const p = project(point);
      if (!p) {
        behind = true;
        continue;
      }
      x0 = Math.min(x0, p.x);
      x1 = Math.max(x1, p.x);
      y0 = Math.min(y0, p.y);
      y1 = Math.max(y1, p.y);
    }
    if (x0 === Infinity) return undefined;
    if (behind) y1 = height;
    const r = {
      x0: Math.max(0, Math.floor(x0 - pad)),
      y0: Math.max(0, Math.floor(y0 - pad)),
      x1: Math.min(width, Math.ceil(x1 + pad)),
      y1: Math.min(height, Math.ceil(y1 + pad)),
    };
    return r.x0 < r.x1 && r.y0 < r.y1 ? r : undefined;
  };
  return { eye, forward, ray, project, rectangle, width, height };
}

/**
 * A part of a round view for a camera that turns: columns are bearings, rows are elevations, both in equal steps.
 * Bearings go clockwise from north (-z), elevations up from the horizon, all in degrees. For still scenes only.
 */
export function makeRoundCamera({ eye, bearings: [from, to], elevations: [top, bottom], width, height }) {
  const radians = Math.PI / 180;
  const ray = (px, py, d) => {
    const bearing = (from + ((to - from) * px) / width) * radians;
    const elevation = (top + ((bottom - top) * py) / height) * radians;
    d[0] = Math.sin(bearing) * Math.cos(elevation);
    d[1] = Math.sin(elevation);
    d[2] = -Math.cos(bearing) * Math.cos(elevation);
  };
  return { eye, ray, width, height, rectangle: () => undefined };
}

/** The eight corners of bounds. */
export function corners({ min, max }) {
  const list = [];
  for (const x of [min[0], max[0]])
    for (const y of [min[1], max[1]]) for (const z of [min[2], max[2]]) list.push([x, y, z]);
  return list;
}
