import { makeFilm } from './film.mjs';
import { pixelAt, prepare, rectanglesOf } from './frame.mjs';
import { buildStage } from './stage.mjs';

/** Turns a scene into a function that gives the RGB bytes of the picture at second `t` of the loop. */
export function shoot(scene, options = {}) {
  const stage = buildStage(scene, options);
  const { width, height } = stage.camera;
  const film = makeFilm(scene.film ?? {}, width, height);
  const empty = prepare(stage, {});
  const still = new Uint8ClampedArray(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) film(pixelAt(stage, empty, x, y), x, y, still, (y * width + x) * 3);
  }
  const stamp = new Uint32Array(width * height);
  let turn = 0;
  return (t) => {
    const frame = Uint8ClampedArray.from(still);
    const set = prepare(stage, scene.moment?.(t) ?? {});
    turn += 1;
    for (const r of rectanglesOf(set)) {
      for (let y = r.y0; y < r.y1; y += 1) {
        for (let x = r.x0; x < r.x1; x += 1) {
          const pixel = y * width + x;
          if (stamp[pixel] === turn) continue;
          stamp[pixel] = turn;
          film(pixelAt(stage, set, x, y), x, y, frame, pixel * 3);
        }
      }
    }
    return frame;
  };
}
