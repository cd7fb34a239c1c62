/** ITU-T G.711 to linear samples of 16 bits, as every player decodes it (the tables of ITU-T G.191). */

function alaw(code: number): number {
  const value = code ^ 0x55;
  const exponent = (value >> 4) & 7;
  const mantissa = ((value & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return value & 0x80 ? magnitude : -magnitude;
}

const ULAW_BIAS = 0x84;
function ulaw(code: number): number {
  const value = ~code & 0xff;
  const magnitude = ((((value & 15) << 3) + ULAW_BIAS) << ((value >> 4) & 7)) - ULAW_BIAS;
  return value & 0x80 ? -magnitude : magnitude;
}

const TABLES = {
  pcma: Int16Array.from({ length: 256 }, (_, code) => alaw(code)),
  pcmu: Int16Array.from({ length: 256 }, (_, code) => ulaw(code)),
};

/** One sample for each byte. */
export function decodeG711(law: 'pcma' | 'pcmu', data: Uint8Array): Int16Array<ArrayBuffer> {
  const table = TABLES[law];
  const samples = new Int16Array(data.length);
  for (let at = 0; at < data.length; at += 1) samples[at] = table[data[at] as number] as number;
  return samples;
}
