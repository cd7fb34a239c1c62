import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertToWav } from '#native/audio/convert.ts';
import { createLocalOut, type LocalOut } from '#native/audio/local-out.ts';
import { playerNames } from '#native/audio/local-players.ts';
import { createSpeech } from '#native/audio/speech.ts';
import { parseWav, readWav, wavBytes } from '#native/audio/wav.ts';
import { findExecutable } from '#native/process/find-executable.ts';
import { runChild } from '#native/process/run-child.ts';
import { loudness, toneShare } from '#tests/peers/rtp-receiver.ts';

let folder = '';
const inFolder = (name: string) => path.join(folder, name);
const tone = (hz: number, ms: number) => ({
  samples: Int16Array.from({ length: ms * 16 }, (_, n) => 12_000 * Math.sin((2 * Math.PI * hz * n) / 16_000)),
  rateHz: 16_000,
});
const unit = (samples: Int16Array) => Array.from(samples, (value) => value / 32_768);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guardroom-audio-'));
  await writeFile(inFolder('a.wav'), wavBytes(tone(1000, 500)));
  await writeFile(inFolder('b.wav'), wavBytes(tone(440, 500)));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('speech of this machine', () => {
  it('speaks Chinese, English and both, keeps the result, and each text sounds different', async () => {
    const speech = createSpeech({ cacheDir: inFolder('speech') });
    const engines = await speech.engines();
    expect(engines[0]?.languages).toEqual(['zh', 'en']);
    const texts = [
      '三号楼发生火警，请立即疏散。',
      'Fire in building 3, please leave.',
      '请到B2 floor，3号门。',
    ];
    const spoken = [];
    for (const text of texts) spoken.push(await speech.render(text));
    expect(spoken.map(({ language }) => language)).toEqual(['zh', 'en', 'zh']);
    for (const one of spoken) {
      const { samples, rateHz } = await readWav(one.file);
      expect(rateHz).toBe(16_000);
      expect(one.durationMs).toBeGreaterThan(900);
      expect(loudness(unit(samples))).toBeGreaterThan(0.02);
    }
    expect(new Set(spoken.map(({ file }) => file)).size).toBe(3);
    const again = await speech.render(texts[0] ?? '');
    expect(again).toEqual({ ...spoken[0], cached: true });
    expect(await readdir(inFolder('speech'))).toHaveLength(3);
  });

  it('reads a text that looks like options, phonemes or a command as text', async () => {
    const speech = createSpeech({ cacheDir: inFolder('speech') });
    for (const text of ['--help -w /tmp/x', '[[h@loU]] 你好', '"; rm -rf / #', '<speak>a</speak>']) {
      expect((await speech.render(text)).durationMs, text).toBeGreaterThan(200);
    }
  });

  it('says what is wrong with a text, and that there is no engine', async () => {
    const speech = createSpeech({ cacheDir: inFolder('speech') });
    await expect(speech.render(' ，。\n')).rejects.toMatchObject({ code: 'audio.text_empty' });
    await expect(speech.render('火'.repeat(1001))).rejects.toMatchObject({ code: 'audio.text_too_long' });
    const commands = { 'espeak-ng': 'no-such-engine', windows: 'no-such-engine', macos: 'no-such-engine' };
    const mute = createSpeech({ cacheDir: inFolder('speech'), commands });
    expect(await mute.engines()).toEqual([]);
    await expect(mute.render('火警')).rejects.toMatchObject({ code: 'audio.no_speech_engine' });
  });
});

describe.skipIf(process.platform === 'win32')(
  'an engine without the voices (a stand-in with a shebang; not on Windows)',
  () => {
    it('names the language that it cannot speak', async () => {
      const file = inFolder('english-only');
      const script = `#!/usr/bin/env node
console.log(process.argv[2] === '--version' ? 'eSpeak NG text-to-speech: 9.9' : 'Pty Language\\n 5  en-gb  --/M  English  gmw/en');
`;
      await writeFile(file, script, { mode: 0o755 });
      const none = 'no-such-engine';
      const speech = createSpeech({
        cacheDir: inFolder('speech'),
        commands: { 'espeak-ng': file, windows: none, macos: none },
      });
      expect(await speech.engines()).toEqual([{ id: 'espeak-ng', version: '9.9', languages: ['en'] }]);
      await expect(speech.render('火警')).rejects.toMatchObject({
        code: 'audio.no_voice',
        params: { language: 'zh' },
      });
      await expect(speech.render('fire')).rejects.toMatchObject({ code: 'audio.not_audio' });
    });
  },
);

describe('recorded messages', () => {
  it.each(['mp3', 'm4a', 'ogg', 'flac', 'wav'])('takes %s in and makes it 16 kHz mono', async (extension) => {
    const file = inFolder(`message.${extension}`);
    const args = ['-v', 'error', '-y', '-i', inFolder('a.wav'), '-ar', '44100', '-ac', '2', file];
    await runChild({ label: 'encode', command: 'ffmpeg', args, timeoutMs: 20_000, maxOutputBytes: 1000 });
    const { wav, durationMs } = await convertToWav('ffmpeg', file);
    const { samples, rateHz } = parseWav(wav);
    expect(rateHz).toBe(16_000);
    expect(durationMs).toBeGreaterThanOrEqual(500);
    expect(durationMs).toBeLessThan(600);
    expect(Math.max(...samples)).toBeGreaterThan(22_000);
    expect(toneShare(unit(samples.subarray(2000, 6000)), 1000, 16_000)).toBeGreaterThan(0.95);
  });

  it('refuses what is no sound, and a playlist that points at other files', async () => {
    await writeFile(inFolder('note.mp3'), 'not a song');
    await writeFile(inFolder('list.m3u8'), `#EXTM3U\n#EXTINF:1,\nfile://${inFolder('a.wav')}\n`);
    await writeFile(inFolder('empty.wav'), wavBytes({ samples: new Int16Array(0), rateHz: 16_000 }));
    for (const name of ['note.mp3', 'list.m3u8', 'empty.wav']) {
      await expect(convertToWav('ffmpeg', inFolder(name)), name).rejects.toMatchObject({
        code: 'audio.not_audio',
        params: { file: name },
      });
    }
    await expect(convertToWav('ffmpeg', inFolder('gone.wav'))).rejects.toMatchObject({
      code: 'audio.file_missing',
    });
    await expect(convertToWav('no-ffmpeg', inFolder('a.wav'))).rejects.toMatchObject({
      code: 'audio.convert_failed',
    });
  });
});

/** Only ffplay, whose SDL can write to a file what it would play: that is how this machine without a sound card hears it. */
const onlyFfplay = Object.fromEntries(
  playerNames.filter((name) => name !== 'ffplay').map((name) => [name, 'no-such']),
);

describe.skipIf(!findExecutable('ffplay'))(
  'speaker of the workstation (skipped where ffplay is not installed)',
  () => {
    const heardFile = () => inFolder('heard.raw');
    const withDriver = async <T>(driver: string, run: (out: LocalOut) => Promise<T>): Promise<T> => {
      process.env.SDL_AUDIODRIVER = driver;
      process.env.SDL_DISKAUDIOFILE = heardFile();
      const out = createLocalOut({ commands: onlyFfplay });
      try {
        return await run(out);
      } finally {
        await out.close();
        delete process.env.SDL_AUDIODRIVER;
        delete process.env.SDL_DISKAUDIOFILE;
      }
    };

    it('plays a programme as one sound and says when it has started', async () => {
      const programme = {
        lead: [{ file: inFolder('b.wav'), gapMs: 0 }],
        body: [{ file: inFolder('a.wav'), gapMs: 0 }],
        rounds: 2,
        tail: [],
      };
      let started = 0;
      const how = await withDriver('disk', (out) => out.play(programme, () => (started += 1)).finished);
      expect([how, started]).toEqual(['ended', 1]);
      const bytes = await readFile(heardFile());
      const heard = unit(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1));
      expect(toneShare(heard.slice(1000, 7000), 440, 16_000)).toBeGreaterThan(0.95);
      expect(toneShare(heard.slice(9000, 22_000), 1000, 16_000)).toBeGreaterThan(0.95);
    });

    it('stops an endless one at once', async () => {
      const programme = {
        lead: [],
        body: [{ file: inFolder('a.wav'), gapMs: 0 }],
        rounds: 'until_stopped',
        tail: [],
      } as const;
      const how = await withDriver('disk', async (out) => {
        const started = Promise.withResolvers<void>();
        const playback = out.play(programme, started.resolve);
        await started.promise;
        playback.stop();
        return await playback.finished;
      });
      expect(how).toBe('stopped');
    });

    it('knows that there is no sound card although the player ends well', async () => {
      const play = withDriver('alsa', (out) => out.playFile(inFolder('a.wav')).finished);
      const answer = await play.catch((error: { code?: string }) => error.code);
      // A machine with a card may have it free or taken; one without must not claim to have played.
      const possible = existsSync('/dev/snd') ? ['ended', 'audio.no_device'] : ['audio.no_device'];
      expect(possible).toContain(answer);
      const silent = createLocalOut({
        commands: Object.fromEntries(playerNames.map((name) => [name, 'no-such'])),
      });
      await expect(silent.playFile(inFolder('a.wav')).finished).rejects.toMatchObject({
        code: 'audio.no_player',
      });
      await expect(silent.playFile(inFolder('gone.wav')).finished).rejects.toMatchObject({
        code: 'audio.file_missing',
      });
    });
  },
);
