/** Reads what the station's fMP4 holds, for decoders that want it without the container. */

/** The content of the first box `type` found in `data` at any depth of the usual containers, or undefined. */
export function findBox(data: Uint8Array<ArrayBuffer>, type: string): Uint8Array<ArrayBuffer> | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at + 8 <= data.length;) {
    const size = view.getUint32(at);
    const name = String.fromCharCode(...data.subarray(at + 4, at + 8));
    if (size < 8 || at + size > data.length) return undefined;
    const content = data.subarray(at + 8, at + size);
    if (name === type) return content;
    const skipped = CONTAINERS.get(name);
    const found = skipped === undefined ? undefined : findBox(content.subarray(skipped), type);
    if (found) return found;
    at += size;
  }
  return undefined;
}

/** Boxes that hold boxes, and the bytes before the first of them (ISO/IEC 14496-12). */
const CONTAINERS = new Map([
  ...['moov', 'trak', 'mdia', 'minf', 'stbl', 'moof', 'traf'].map((name) => [name, 0] as const),
  ['stsd', 8],
  ['avc1', 78],
  ['hvc1', 78],
]);
