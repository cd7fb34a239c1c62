import type { BitReader } from './bits.ts';

/** Aspect ratio given in full (ITU-T H.264 table E-1). */
const EXTENDED_SAR = 255;
/** More than any level allows: a field that was read wrongly. */
const MOST_REORDER_FRAMES = 16;

/**
 * max_num_reorder_frames at the end of an SPS (ITU-T H.264 E.1.1), the reader standing at vui_parameters_present_flag.
 * 0 if it is not said, or if the SPS ends early: cameras send no B-frames unless they say so.
 */
export function reorderFrames(reader: BitReader): number {
  try {
    if (!reader.bit()) return 0;
    skipPicture(reader);
    if (reader.bit()) reader.bits(65); // timing_info
    const hasNalHrd = skipHrd(reader);
    const hasVclHrd = skipHrd(reader);
    if (hasNalHrd || hasVclHrd) reader.bit(); // low_delay_hrd_flag
    reader.bit(); // pic_struct_present_flag
    if (!reader.bit()) return 0;
    reader.bit(); // motion_vectors_over_pic_boundaries_flag
    for (let skipped = 0; skipped < 4; skipped += 1) reader.ue();
    const frames = reader.ue();
    return frames > MOST_REORDER_FRAMES ? 0 : frames;
  } catch {
    return 0;
  }
}

/** Aspect ratio, overscan, colours and where the chroma samples are. */
function skipPicture(reader: BitReader): void {
  if (reader.bit() && reader.bits(8) === EXTENDED_SAR) reader.bits(32);
  if (reader.bit()) reader.bit();
  if (reader.bit()) {
    reader.bits(4);
    if (reader.bit()) reader.bits(24);
  }
  if (reader.bit()) {
    reader.ue();
    reader.ue();
  }
}

/** True if there was one. */
function skipHrd(reader: BitReader): boolean {
  if (!reader.bit()) return false;
  const count = reader.ue() + 1;
  reader.bits(8);
  for (let index = 0; index < count && index < 32; index += 1) {
    reader.ue();
    reader.ue();
    reader.bit();
  }
  reader.bits(20);
  return true;
}
