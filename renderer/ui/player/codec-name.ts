/** What the codec of a stream (RFC 6381) is called by people. */
export function codecName(codec: string): string {
  if (codec.startsWith('avc')) return 'H.264';
  return /^h(?:vc|ev)/.test(codec) ? 'H.265' : codec;
}
