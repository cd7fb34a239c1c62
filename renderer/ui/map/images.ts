import type { Priority } from '#contract/base.ts';

const RATIO = 2;
const COLORS: Record<Priority, string> = { 1: '#ff5252', 2: '#ff9f2e', 3: '#f2d24b', 4: '#5ac8d8' };
const SHAPES: Record<Priority, string> = {
  1: 'M2 1h16a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H2a1 1 0 0 1-1-1V2a1 1 0 0 1 1-1Z',
  2: 'M10 1 19.5 18.5H.5Z',
  3: 'M1 10a9 9 0 1 0 18 0 9 9 0 1 0-18 0Z',
  4: 'M10 .5 19.5 10 10 19.5.5 10Z',
};
/** A camera seen from above, looking north; the map turns it to its bearing. */
const CAMERA = 'M7 9h6v8H7zM10 9 6 3h8Z';
/** One that turns: a dome with the same eye. */
const DOME = 'M5 13a5 5 0 1 0 10 0 5 5 0 1 0-10 0ZM10 8.5 6 2.5h8Z';

export interface MapImage {
  name: string;
  image: ImageData;
  pixelRatio: number;
}

function draw(size: number, paint: (context: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size * RATIO;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d canvas');
  // All shapes are drawn in a box of 20 with a margin of 1 for the edge.
  context.scale((size * RATIO) / 22, (size * RATIO) / 22);
  context.translate(1, 1);
  paint(context);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function mark(priority: Priority, seen: boolean): ImageData {
  return draw(26, (context) => {
    const shape = new Path2D(SHAPES[priority]);
    context.lineWidth = 1.6;
    context.strokeStyle = '#0e1113';
    context.stroke(shape);
    context.fillStyle = seen ? '#1a1f23' : COLORS[priority];
    context.fill(shape);
    if (seen) {
      context.strokeStyle = COLORS[priority];
      context.stroke(shape);
    }
    context.fillStyle = seen ? COLORS[priority] : '#140b0b';
    context.font = `700 ${priority % 2 ? 13 : 11}px sans-serif`;
    context.textAlign = 'center';
    context.fillText(String(priority), 10, priority === 2 ? 16 : 14.5);
  });
}

function camera(color: string, path = CAMERA): ImageData {
  return draw(20, (context) => {
    const shape = new Path2D(path);
    context.lineWidth = 2;
    context.strokeStyle = '#0e1113';
    context.stroke(shape);
    context.fillStyle = color;
    context.fill(shape);
  });
}

/** The map's pictures: the four priority marks, filled while nobody has acknowledged, outlined after; cameras. */
export function mapImages(): MapImage[] {
  const marks = ([1, 2, 3, 4] as const).flatMap((priority) => [
    { name: `priority-${priority}`, image: mark(priority, false), pixelRatio: RATIO },
    { name: `priority-${priority}-seen`, image: mark(priority, true), pixelRatio: RATIO },
  ]);
  return [
    ...marks,
    { name: 'camera-dome', image: camera('#93a1aa', DOME), pixelRatio: RATIO },
    { name: 'camera-dome-lit', image: camera('#9cc9ec', DOME), pixelRatio: RATIO },
    { name: 'camera', image: camera('#93a1aa'), pixelRatio: RATIO },
    { name: 'camera-lit', image: camera('#9cc9ec'), pixelRatio: RATIO },
  ];
}
