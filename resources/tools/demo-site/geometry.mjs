/**
 * The demo park's drawing grid: units of half a metre, x to the east, y to the south, as in the first sketch of
 * the overview. The place is invented; the coordinates lie in open country.
 */
const ORIGIN = { lng: 108.4216, lat: 22.7438, x: 680, y: 340 };
const METRES_PER_UNIT = 0.5;
const METRES_PER_DEGREE_LAT = 110_760;
const METRES_PER_DEGREE_LNG = 111_320 * Math.cos((ORIGIN.lat * Math.PI) / 180);

const round = (v) => Math.round(v * 1e6) / 1e6;

/** [longitude, latitude] of a grid point. */
export const at = (x, y) => [
  round(ORIGIN.lng + ((x - ORIGIN.x) * METRES_PER_UNIT) / METRES_PER_DEGREE_LNG),
  round(ORIGIN.lat - ((y - ORIGIN.y) * METRES_PER_UNIT) / METRES_PER_DEGREE_LAT),
];
export const path = (...points) => points.map(([x, y]) => at(x, y));
/** Corners of a rectangle, not closed. */
export const rect = (x0, y0, x1, y1) => path([x0, y0], [x1, y0], [x1, y1], [x0, y1]);
export const centre = at(680, 337);

/** The park's fence. */
export const FENCE = { west: 205, north: 50, east: 1155, south: 625 };

/** Footprints of the buildings: [x0, y0, x1, y1]. */
export const FOOTPRINTS = {
  b1: [250, 190, 420, 290],
  b2: [470, 180, 700, 290],
  b3: [760, 190, 900, 290],
  b4: [950, 180, 1130, 295],
  b5: [760, 380, 930, 590],
  c1: [240, 380, 430, 470],
  k1: [250, 510, 420, 600],
  s1: [980, 390, 1130, 470],
  h1: [980, 510, 1130, 600],
  e1: [1100, 340, 1140, 366],
};

/** A point inside a building: fractions of its width and depth from the north-west corner. */
export const inside = (building, u, v) => {
  const [x0, y0, x1, y1] = FOOTPRINTS[building];
  return at(x0 + (x1 - x0) * u, y0 + (y1 - y0) * v);
};

/** Circle-like ring around a point, `r` in grid units. */
export const ring = (x, y, rx, ry, count = 24) =>
  Array.from({ length: count }, (_, i) => {
    const a = (2 * Math.PI * i) / count;
    return at(x + rx * Math.cos(a), y + ry * Math.sin(a));
  });
