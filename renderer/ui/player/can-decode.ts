/** Which way a tile decodes: each has decoders of its own. */
export type DecoderKind = 'mse' | 'webcodecs';
export interface DecodeQuestion {
  decoder: DecoderKind;
  /** RFC 6381, from the stream itself. */
  codec: string;
  width: number;
  height: number;
}

/** Asked about speed too; a wall's streams are slower than this. */
const FRAMES_PER_SECOND = 25;
const BITS_PER_SECOND = 4_000_000;

const answers = new Map<string, boolean>();
const keyOf = ({ decoder, codec, width, height }: DecodeQuestion) => `${decoder} ${codec} ${width}x${height}`;

/** What is known already; undefined: nobody has asked. */
export const knownDecodable = (question: DecodeQuestion): boolean | undefined => answers.get(keyOf(question));

/** The answer was wrong: it said yes and cannot. */
export const noteUndecodable = (question: DecodeQuestion): void => void answers.set(keyOf(question), false);

/**
 * Whether this browser, on this machine, decodes a stream: asked with its real codec string and size, because H.265 is
 * decoded by hardware only, up to what that can. Never rejects; asked once for each kind of stream.
 */
export async function canDecode(question: DecodeQuestion): Promise<boolean> {
  const known = knownDecodable(question);
  if (known !== undefined) return known;
  const answer = await ask(question).catch(() => false);
  // It may have been found out otherwise meanwhile.
  if (!answers.has(keyOf(question))) answers.set(keyOf(question), answer);
  return answers.get(keyOf(question)) === true;
}

async function ask({ decoder, codec, width, height }: DecodeQuestion): Promise<boolean> {
  if (decoder === 'webcodecs') {
    const size = { codedWidth: width, codedHeight: height };
    return (
      (await VideoDecoder.isConfigSupported({ codec, ...size, optimizeForLatency: true })).supported === true
    );
  }
  const contentType = `video/mp4; codecs="${codec}"`;
  if (!MediaSource.isTypeSupported(contentType)) return false;
  const video = { contentType, width, height, framerate: FRAMES_PER_SECOND, bitrate: BITS_PER_SECOND };
  return (await navigator.mediaCapabilities.decodingInfo({ type: 'media-source', video })).supported;
}
