import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { playerFailure } from '#native/audio/local-players.ts';
import { parseSayVoices } from '#native/audio/speech-macos.ts';
import { cleanText, languageOf, splitLanguages } from '#native/audio/speech-text.ts';
import { parseWindowsVoices, powershellArgs } from '#native/audio/speech-windows.ts';

const runs = (text: string) => splitLanguages(text).map(({ language, text: part }) => `${language}:${part}`);

describe('text for speech', () => {
  it.each([
    ['请注意，火警演习。', ['zh:请注意，火警演习。']],
    ['Please leave by exit 3.', ['en:Please leave by exit 3.']],
    ['3号楼2层120米', ['zh:3号楼2层120米']],
    ['请到B2层，Wi-Fi room 旁', ['zh:请到', 'en:B2', 'zh:层，', 'en:Wi-Fi room', 'zh: 旁']],
    ['发现 fire!', ['zh:发现 ', 'en:fire!']],
    ['119', ['zh:119']],
  ])('%s is cut by language', (text, expected) => {
    expect(runs(text)).toEqual(expected);
  });

  it('loses no letter and makes no run that cannot be spoken', () => {
    const piece = fc.constantFrom('火', '警', ' ', 'fire', 'B2', '3', '，', '.', '!', 'é', '-');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = cleanText(pieces.join(''));
        const parts = splitLanguages(text);
        const letters = (value: string) => value.replace(/[^\p{L}\p{N}]/gu, '');
        expect(letters(parts.map((part) => part.text).join(''))).toBe(letters(text));
        if (letters(text) !== '') {
          for (const part of parts.slice(1)) expect(letters(part.text), JSON.stringify(parts)).not.toBe('');
        }
      }),
    );
  });

  it('cleans what an engine would take as a command', () => {
    expect(cleanText('  a\u0000b\r\nc [[h@loU]]  d ')).toBe('a\nb\nc h@loU d');
    expect(languageOf('Évacuez')).toBe('en');
  });
});

describe('what engines and players print', () => {
  it('reads the voices of macOS and Windows', () => {
    const say =
      'Alex                en_US    # Most people\nTingting            zh_CN    # 你好\nMeijia zh_TW # 您好\n';
    expect(parseSayVoices(say)).toEqual({ en: 'Alex', zh: 'Tingting' });
    const windows = 'zh-CN|Microsoft Huihui Desktop\r\nen-US|Microsoft Zira Desktop\r\nde-DE|Hedda\r\n\r\n';
    expect(parseWindowsVoices(windows)).toEqual({
      zh: 'Microsoft Huihui Desktop',
      en: 'Microsoft Zira Desktop',
    });
    expect(parseWindowsVoices('')).toEqual({});
  });

  it('hands PowerShell a script that no quoting can change', () => {
    const script = `Write-Output "a'b"`;
    const encoded = powershellArgs(script).at(-1) ?? '';
    expect(encoded).toMatch(/^[A-Za-z0-9+/=]+$/);
    expect(Buffer.from(encoded, 'base64').toString('utf16le')).toBe(script);
  });

  it.each([
    [0, '', null],
    [0, 'No more combinations to try, audio open failed', 'audio.no_device'],
    [
      1,
      'ALSA lib pcm.c: Unknown PCM default\naplay: main:831: audio open error: No such file or directory',
      'audio.no_device',
    ],
    [1, 'Connection failure: Connection refused', 'audio.no_device'],
    [1, 'aplay: main:831: audio open error: Device or resource busy', 'audio.no_device'],
    [1, 'the header is damaged', 'audio.play_failed'],
    [null, '', 'audio.play_failed'],
  ])('judges a player that ended with %s and "%s"', (code, stderr, expected) => {
    expect(playerFailure(code, stderr)).toBe(expected);
  });
});
