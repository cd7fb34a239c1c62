/**
 * Writes resources/demo/clips/<camera>.alaw: what some cameras of the demo park hear, as A-law in a loop. Computed and
 * spoken here, no recording of anybody. Needs ffmpeg and espeak-ng; their versions decide the last bits, so the files are
 * committed and made again only to change them.
 *   node resources/tools/make-demo-sounds.mjs [--out DIR]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const out = values.out ?? join(dirname(fileURLToPath(import.meta.url)), '..', 'demo', 'clips');
const work = mkdtempSync(join(tmpdir(), 'demo-sounds-'));

/** Packets of 20 ms: a loop is a whole number of them. */
const SECONDS = 6;

function say(name, text, pitch, speed) {
  const file = join(work, `${name}.wav`);
  execFileSync('espeak-ng', ['-v', 'cmn-latn-pinyin', '-p', `${pitch}`, '-s', `${speed}`, '-w', file, text]);
  return file;
}

/** Mixes what is given and writes the loop. @param inputs files or lavfi sources, each with its chain of filters */
function mix(name, inputs) {
  const args = inputs.flatMap(({ file, source }) => (file ? ['-i', file] : ['-f', 'lavfi', '-i', source]));
  const chains = inputs.map(({ chain }, at) => `[${at}:a]aresample=8000,${chain}[s${at}]`);
  const all = inputs.map((_, at) => `[s${at}]`).join('');
  const graph = `${chains.join(';')};${all}amix=inputs=${inputs.length}:duration=first:normalize=0,alimiter=limit=0.9[out]`;
  const target = join(out, `${name}.alaw`);
  const end = [
    '-t',
    `${SECONDS}`,
    '-ac',
    '1',
    '-ar',
    '8000',
    '-f',
    'alaw',
    '-fflags',
    '+bitexact',
    '-y',
    target,
  ];
  execFileSync('ffmpeg', ['-v', 'error', ...args, '-filter_complex', graph, '-map', '[out]', ...end]);
  console.log(`${target}: ${statSync(target).size} bytes`);
}

const noise = (colour, seed) =>
  `anoisesrc=colour=${colour}:seed=${seed}:duration=${SECONDS}:sample_rate=8000`;
const tone = (expression) => `aevalsrc='${expression}':duration=${SECONDS}:sample_rate=8000`;
/** The ends meet in silence: no click where the loop begins again. */
const ENDS = `afade=t=in:d=0.06,afade=t=out:st=${SECONDS - 0.06}:d=0.06`;

try {
  // The east gate: traffic behind, a car that passes, the guard and a driver, the barrier's two notes.
  mix('e-01', [
    { source: noise('brown', 7), chain: `lowpass=f=500,volume=0.35,${ENDS}` },
    {
      source: noise('pink', 11),
      chain: `bandpass=f=700:w=900,volume='0.5*exp(-pow((t-4.9)/0.5,2))':eval=frame`,
    },
    { file: say('guard', '您好，请出示证件。', 40, 150), chain: 'volume=0.8,adelay=400' },
    { file: say('driver', '好的，谢谢。', 70, 170), chain: 'volume=0.7,adelay=2500' },
    {
      source: tone('0.25*sin(2*PI*880*t)*between(t,3.9,4.1)+0.25*sin(2*PI*660*t)*between(t,4.15,4.4)'),
      chain: 'anull',
    },
  ]);
  // The roof: wind in gusts, and a bird.
  const chirp = (at) => `0.3*sin(2*PI*(2600*(t-${at})+2200*pow(t-${at},2)))*between(t,${at},${at}+0.11)`;
  mix('r-01', [
    { source: noise('pink', 3), chain: `lowpass=f=420,tremolo=f=0.2:d=0.7,volume=0.6,${ENDS}` },
    { source: tone([1.3, 1.5, 1.7, 3.9, 4.15, 4.4].map(chirp).join('+')), chain: 'volume=0.8' },
  ]);
} finally {
  rmSync(work, { recursive: true, force: true });
}
