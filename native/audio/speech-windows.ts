import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { askEngine, runEngine, type SpeechEngine } from './speech-engine.ts';

const LIST_VOICES = `
[Console]::OutputEncoding = New-Object Text.UTF8Encoding $false
Add-Type -AssemblyName System.Speech
$speaker = New-Object System.Speech.Synthesis.SpeechSynthesizer
foreach ($voice in $speaker.GetInstalledVoices()) {
  if ($voice.Enabled) { Write-Output ($voice.VoiceInfo.Culture.Name + "|" + $voice.VoiceInfo.Name) }
}
`;

/** Text by stdin, voice and file by environment: nothing that a person typed is ever part of a command line. */
const SPEAK = `
$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Speech
$reader = New-Object IO.StreamReader ([Console]::OpenStandardInput()), ([Text.Encoding]::UTF8)
$text = $reader.ReadToEnd()
$speaker = New-Object System.Speech.Synthesis.SpeechSynthesizer
$speaker.SelectVoice($env:GUARDROOM_VOICE)
$speaker.Rate = -1
$format = New-Object System.Speech.AudioFormat.SpeechAudioFormatInfo 16000, ([System.Speech.AudioFormat.AudioBitsPerSample]::Sixteen), ([System.Speech.AudioFormat.AudioChannel]::Mono)
$speaker.SetOutputToWaveFile($env:GUARDROOM_WAV, $format)
$speaker.Speak($text)
$speaker.Dispose()
`;

/** Arguments that run a script of ours in Windows PowerShell whatever the machine's policy and code page. */
export function powershellArgs(script: string): string[] {
  const encoded = Buffer.from(script, 'utf16le').toString('base64');
  return [
    '-NoLogo',
    '-NoProfile',
    '-NonInteractive',
    '-ExecutionPolicy',
    'Bypass',
    '-EncodedCommand',
    encoded,
  ];
}

/** Windows' own speech (System.Speech through PowerShell). Voices depend on the installed language packs. */
export async function windowsEngine(command: string): Promise<SpeechEngine | null> {
  const listing = await askEngine(command, powershellArgs(LIST_VOICES));
  if (listing === null) return null;
  const voices = parseWindowsVoices(listing);
  return {
    id: 'windows',
    voices,
    // Huihui and Kangkang read English words inside Chinese text.
    mixes: voices.zh !== undefined,
    version: 'system',
    async speak(run) {
      const folder = await mkdtemp(path.join(tmpdir(), 'guardroom-speech-'));
      const file = path.join(folder, 'speech.wav');
      try {
        const env = { GUARDROOM_VOICE: voices[run.language] ?? '', GUARDROOM_WAV: file };
        await runEngine('windows', command, powershellArgs(SPEAK), { text: run.text, env });
        return await readFile(file);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** First voice per language of "zh-CN|Microsoft Huihui Desktop" lines. */
export function parseWindowsVoices(listing: string): SpeechEngine['voices'] {
  const voices: SpeechEngine['voices'] = {};
  for (const line of listing.split(/\r?\n/)) {
    const [culture = '', name = ''] = line.trim().split('|');
    if (name === '') continue;
    if (culture === 'zh-CN') voices.zh ??= name;
    if (culture.startsWith('en-')) voices.en ??= name;
  }
  return voices;
}
