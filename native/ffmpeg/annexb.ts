/** A NAL unit inside a buffer, without its start code. */
export interface NalRange {
  start: number;
  end: number;
}

const START_CODE = Buffer.from([0, 0, 1]);

/** The NAL units of an access unit in Annex B form (H.264 and H.265), start codes of three or four bytes. */
export function nalRanges(data: Buffer): NalRange[] {
  const ranges: NalRange[] = [];
  let found = data.indexOf(START_CODE);
  while (found !== -1) {
    const start = found + 3;
    found = data.indexOf(START_CODE, start);
    let end = found === -1 ? data.length : found;
    // Zeros before the next start code belong to it (its fourth byte) or are padding.
    while (end > start && data[end - 1] === 0) end -= 1;
    if (end > start) ranges.push({ start, end });
  }
  return ranges;
}
