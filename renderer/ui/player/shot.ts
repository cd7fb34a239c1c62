import type { Part } from './zoom.ts';

/** The element that shows a picture and what is known of that picture. */
export interface ShownPicture {
  element: HTMLVideoElement | HTMLCanvasElement;
  /** When the station received the frame, UTC milliseconds. */
  atMs: number;
  shown: 'live' | 'instant' | 'replay';
  /** The part that is seen. */
  part: Part;
}
/** A picture held as it was, in the stream's own size. */
export interface Shot {
  whole: OffscreenCanvas;
  part: Part;
  isZoomed: boolean;
  atMs: number;
  shown: ShownPicture['shown'];
}
export const SHOT_FORMATS = { jpeg: 'image/jpeg', png: 'image/png' } as const;
export type ShotFormat = keyof typeof SHOT_FORMATS;
export type ShotArea = 'whole' | 'crop';
/** Nothing that one sees is lost, at a tenth of PNG's size. */
const JPEG_QUALITY = 0.95;

/** Holds the frame that is on screen now. Null: there is none. */
export function holdShot({ element, part, atMs, shown }: ShownPicture): Shot | null {
  const isVideo = element instanceof HTMLVideoElement;
  const [width, height] = isVideo
    ? [element.videoWidth, element.videoHeight]
    : [element.width, element.height];
  if (width === 0 || height === 0) return null;
  const whole = new OffscreenCanvas(width, height);
  whole.getContext('2d', { alpha: false })?.drawImage(element, 0, 0);
  return { whole, part, isZoomed: part.width < 0.999 || part.height < 0.999, atMs, shown };
}

/** A part of a picture in whole pixels, at least one by one. */
export function pixelsOf(part: Part, size: { width: number; height: number }): Part {
  const x = Math.floor(part.x * size.width);
  const y = Math.floor(part.y * size.height);
  const right = Math.max(x + 1, Math.ceil((part.x + part.width) * size.width));
  const bottom = Math.max(y + 1, Math.ceil((part.y + part.height) * size.height));
  return { x, y, width: Math.min(right, size.width) - x, height: Math.min(bottom, size.height) - y };
}

/**
 * A file of a picture.
 * @param strip text of a strip below the picture, which covers nothing of it; empty: no strip
 */
export async function drawShot(shot: Shot, area: ShotArea, strip: string, format: ShotFormat): Promise<Blob> {
  const all: Part = { x: 0, y: 0, width: shot.whole.width, height: shot.whole.height };
  const from = area === 'crop' ? pixelsOf(shot.part, shot.whole) : all;
  const text = Math.max(14, Math.round(from.width / 48));
  const stripHeight = strip === '' ? 0 : Math.round(text * 1.8);
  const canvas = new OffscreenCanvas(from.width, from.height + stripHeight);
  const pen = canvas.getContext('2d', { alpha: false });
  if (!pen) throw new RangeError(`no canvas of ${canvas.width} x ${canvas.height}`);
  pen.drawImage(shot.whole, from.x, from.y, from.width, from.height, 0, 0, from.width, from.height);
  if (stripHeight > 0) {
    pen.fillStyle = '#000';
    pen.fillRect(0, from.height, from.width, stripHeight);
    pen.fillStyle = '#fff';
    pen.font = `${text}px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif`;
    pen.textBaseline = 'middle';
    pen.fillText(strip, text / 2, from.height + stripHeight / 2, from.width - text);
  }
  return await canvas.convertToBlob({ type: SHOT_FORMATS[format], quality: JPEG_QUALITY });
}

/** A file name that Windows and Linux take: camera, local time, what of it. */
export function shotName(
  camera: string,
  local: string,
  millisecond: number,
  area: ShotArea,
  format: ShotFormat,
): string {
  const safe = (text: string) => text.replace(/[<>:"/\\|?*\p{Cc}]+/gu, '-').replace(/[\s.]+$/, '');
  const time = local.replace(' ', '_').replaceAll(':', '-');
  const end = format === 'jpeg' ? 'jpg' : 'png';
  const name = safe(camera).slice(0, 80).trim() || 'camera';
  return `${name}_${time}.${String(millisecond).padStart(3, '0')}${area === 'crop' ? '_crop' : ''}.${end}`;
}

/** Bytes as text for the contract. */
export async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 32_768)
    text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

/** Hands a file to the browser's or the host's downloads. */
export function downloadFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
