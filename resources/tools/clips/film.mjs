import { hash } from './noise.mjs';

/**
 * From light to picture: exposure, tone curve, gamma, vignette; `ir` is the grey picture of a camera at night under
 * its own infrared lamps, `colour` a slightly faded day or lamp-light picture.
 */
export function makeFilm(
  {
    mode = 'colour',
    exposure = 1,
    vignette = 0.25,
    tint = [1, 1, 1],
    saturation = 0.85,
    lift = 0.012,
    grain = 1.2,
  },
  width,
  height,
) {
  const curve = (v) => (v * (2.51 * v + 0.03)) / (v * (2.43 * v + 0.59) + 0.14);
  const encode = (v) => 255 * Math.min(1, Math.max(0, curve(v))) ** (1 / 2.2);
  /** Writes three bytes for linear `colour`. */
  return (colour, x, y, into, at) => {
    const u = (2 * x) / width - 1;
    const v = (2 * y) / height - 1;
    const k = exposure * (1 - vignette * (u * u * 0.7 + v * v * 0.45));
    const [r, g, b] = [
      colour[0] * k * tint[0] + lift,
      colour[1] * k * tint[1] + lift,
      colour[2] * k * tint[2] + lift,
    ];
    const grey = 0.3 * r + 0.59 * g + 0.11 * b;
    const noise = (hash(x, y, 99) - 0.5) * 2 * grain;
    if (mode === 'ir') {
      const value = encode(grey) + noise;
      into[at] = value;
      into[at + 1] = value;
      into[at + 2] = value;
      return;
    }
    into[at] = encode(grey + (r - grey) * saturation) + noise;
    into[at + 1] = encode(grey + (g - grey) * saturation) + noise;
    into[at + 2] = encode(grey + (b - grey) * saturation) + noise;
  };
}
