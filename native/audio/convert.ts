import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runChild } from '#native/process/run-child.ts';
import { AudioError, lastLine } from './errors.ts';
import { normalisePeak } from './pcm.ts';
import { CANONICAL_RATE, durationMs, readWav, wavBytes } from './wav.ts';

/** What people bring: recordings of phones, editors and other PA systems. No playlist format, which would make ffmpeg read other files. */
const FORMATS = 'wav,w64,aiff,au,mp3,flac,ogg,mov,mp4,m4a,3gp,matroska,webm,aac,amr,asf,caf';
/** Longest message; an hour-long recording is a file chosen by mistake. */
export const MAX_MESSAGE_MS = 15 * 60_000;
export const MAX_IMPORT_BYTES = 100_000_000;
const CONVERT_TIMEOUT_MS = 60_000;

/** Arguments that make ffmpeg read one local sound file and nothing else. */
export function inputArgs(file: string): string[] {
  return [
    '-nostdin',
    '-hide_banner',
    '-v',
    'error',
    '-protocol_whitelist',
    'file,pipe',
    '-i',
    `file:${file}`,
  ];
}

/**
 * Turns any sound file into the station's form: 16 kHz mono WAV, loudest sample at -3 dB.
 * @returns the bytes and the length.
 * @throws AudioError audio.file_missing | audio.too_large | audio.not_audio | audio.too_long | audio.convert_failed
 */
export async function convertToWav(
  ffmpegPath: string,
  file: string,
): Promise<{ wav: Uint8Array; durationMs: number }> {
  const name = path.basename(file);
  const facts = await stat(file).catch(() => null);
  if (!facts?.isFile()) throw new AudioError('audio.file_missing', { file: name });
  if (facts.size > MAX_IMPORT_BYTES) {
    throw new AudioError('audio.too_large', { file: name, bytes: facts.size, maxBytes: MAX_IMPORT_BYTES });
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'guardroom-audio-'));
  try {
    const out = path.join(folder, 'converted.wav');
    await convert(ffmpegPath, path.resolve(file), out, name);
    const pcm = normalisePeak(await readWav(out));
    const length = durationMs(pcm);
    if (pcm.samples.length === 0)
      throw new AudioError('audio.not_audio', { file: name, detail: 'no sound in it' });
    if (length > MAX_MESSAGE_MS) {
      throw new AudioError('audio.too_long', { file: name, durationMs: length, maxMs: MAX_MESSAGE_MS });
    }
    return { wav: wavBytes(pcm), durationMs: length };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function convert(ffmpegPath: string, from: string, to: string, name: string): Promise<void> {
  const args = [
    ...['-format_whitelist', FORMATS],
    ...inputArgs(from),
    // First sound track only; no pictures, no titles. One second over the limit shows that it is too long.
    ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1', '-t', String(MAX_MESSAGE_MS / 1000 + 1)],
    ...['-ac', '1', '-ar', String(CANONICAL_RATE), '-c:a', 'pcm_s16le', '-f', 'wav', to],
  ];
  const result = await runChild({
    label: 'ffmpeg convert',
    command: ffmpegPath,
    args,
    timeoutMs: CONVERT_TIMEOUT_MS,
    maxOutputBytes: 100_000,
  }).catch((error: Error) => {
    throw new AudioError('audio.convert_failed', { file: name, detail: error.message });
  });
  if (result.code === 0) return;
  // ffmpeg's own words name the file that we gave it; people know it by its name.
  const detail = lastLine(result.stderr).replaceAll(from, name);
  throw new AudioError('audio.not_audio', { file: name, detail: detail || `exit ${result.code}` });
}
