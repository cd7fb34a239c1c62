const UTF8 = new TextDecoder('utf-8');
const CHINESE = new TextDecoder('gb18030');

/**
 * Text of an answer. SOAP says UTF-8, and so do the answers; but some devices put in the names of cameras and presets
 * as they were typed there, in GBK. A name that was cut within a character spoils itself only: GBK is believed where
 * more of the text is no UTF-8 than is.
 */
export function readBytes(bytes: Uint8Array): string {
  const text = UTF8.decode(bytes);
  const broken = text.match(/\uFFFD/g)?.length ?? 0;
  if (broken === 0) return text;
  const good = text.match(/[^\u0000-\u007F\uFFFD]/g)?.length ?? 0;
  return broken > good ? CHINESE.decode(bytes) : text;
}
