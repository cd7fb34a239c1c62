import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startChild, type Child } from '#native/process/child.ts';
import { AudioError, lastLine } from './errors.ts';
import { findPlayers, playerFailure, type LocalPlayer } from './local-players.ts';
import { joinPcm, toCanonical } from './pcm.ts';
import type { SoundProgramme, SoundStep } from './programme.ts';
import { readWav, wavBytes } from './wav.ts';

export interface LocalPlayback {
  /** Silence at once; `finished` then settles with 'stopped'. */
  stop(): void;
  /** Rejects with AudioError: file_missing, no_player, no_device, play_failed, not_audio. */
  readonly finished: Promise<'ended' | 'stopped'>;
}

export interface LocalOut {
  /** Ids of the players found, best first. Empty: this machine cannot play and the console may. */
  players(): string[];
  /** Plays one WAV file. `onStarted`: the player runs and has not failed at opening the device. */
  playFile(file: string, onStarted?: () => void): LocalPlayback;
  /** Plays a programme of WAV files as one sound without breaks; only an endless one starts over. */
  play(programme: SoundProgramme, onStarted?: () => void): LocalPlayback;
  close(): Promise<void>;
}

/** A player that cannot open its device ends well within this; one that still runs has sound. */
const STARTED_AFTER_MS = 400;

/** The workstation's own speaker, by whichever player is there; if one has no device the next is tried. */
export function createLocalOut(options: { commands?: Readonly<Record<string, string>> } = {}): LocalOut {
  const available = () => findPlayers(options.commands);
  const active = new Set<LocalPlayback>();

  function begin(work: (run: Run) => Promise<void>): LocalPlayback {
    const run: Run = { stopped: false, child: null };
    const playback: LocalPlayback = {
      stop() {
        run.stopped = true;
        void run.child?.stop(0);
      },
      finished: work(run)
        .then(() => (run.stopped ? ('stopped' as const) : ('ended' as const)))
        .finally(() => active.delete(playback)),
    };
    active.add(playback);
    return playback;
  }

  return {
    players: () => available().map((player) => player.id),
    playFile: (file, onStarted) => begin((run) => playOnce(available(), file, run, onStarted)),
    play: (programme, onStarted) =>
      begin(async (run) => {
        const folder = await mkdtemp(path.join(tmpdir(), 'guardroom-play-'));
        try {
          await playJoined(available(), programme, folder, run, onStarted);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      }),
    async close() {
      const running = [...active];
      for (const playback of running) playback.stop();
      await Promise.allSettled(running.map((playback) => playback.finished));
    },
  };
}

interface Run {
  stopped: boolean;
  child: Child | null;
}

async function playJoined(
  players: readonly LocalPlayer[],
  programme: SoundProgramme,
  folder: string,
  run: Run,
  onStarted?: () => void,
): Promise<void> {
  const { lead, body, rounds, tail } = programme;
  const file = path.join(folder, 'programme.wav');
  const first =
    rounds === 'until_stopped' ? [...lead, ...body] : [...lead, ...repeated(body, rounds), ...tail];
  await join(first, file);
  await playOnce(players, file, run, onStarted);
  if (rounds !== 'until_stopped' || body.length === 0) return;
  if (lead.length > 0) await join(body, file);
  while (!run.stopped) await playOnce(players, file, run);
}

function repeated(steps: readonly SoundStep[], rounds: number): SoundStep[] {
  return Array.from({ length: rounds }, () => steps).flat();
}

async function join(steps: readonly SoundStep[], file: string): Promise<void> {
  const sounds = new Map<string, Awaited<ReturnType<typeof readWav>>>();
  for (const step of steps) {
    if (!sounds.has(step.file)) sounds.set(step.file, toCanonical(await readWav(step.file)));
  }
  const parts = steps.flatMap((step) => {
    const pcm = sounds.get(step.file);
    return pcm ? [{ pcm, gapMs: step.gapMs }] : [];
  });
  await writeFile(file, wavBytes(joinPcm(parts)));
}

/** Tries the players in turn: one without a device says so before any sound was heard. */
async function playOnce(
  players: readonly LocalPlayer[],
  file: string,
  run: Run,
  onStarted?: () => void,
): Promise<void> {
  const facts = await stat(file).catch(() => null);
  if (!facts?.isFile()) throw new AudioError('audio.file_missing', { file });
  let failure: AudioError | null = null;
  for (const player of players) {
    if (run.stopped) return;
    failure = await runPlayer(player, file, run, onStarted);
    if (!failure) return;
  }
  throw failure ?? new AudioError('audio.no_player');
}

async function runPlayer(
  player: LocalPlayer,
  file: string,
  run: Run,
  onStarted?: () => void,
): Promise<AudioError | null> {
  let child: Child;
  try {
    const { command, args, env } = player;
    child = startChild({ label: `player ${player.id}`, command, args: args(file), env: env?.(file) });
  } catch (error) {
    return new AudioError('audio.play_failed', { player: player.id, detail: (error as Error).message });
  }
  run.child = child;
  // A stop between two players found no child to end.
  if (run.stopped) void child.stop(0);
  let told = false;
  const tell = () => {
    if (told || run.stopped || playerFailure(0, child.stderrTail())) return;
    told = true;
    onStarted?.();
  };
  const timer = setTimeout(tell, STARTED_AFTER_MS);
  const exit = await child.exited;
  clearTimeout(timer);
  run.child = null;
  if (run.stopped) return null;
  const code = playerFailure(exit.code, child.stderrTail());
  if (code) return new AudioError(code, { player: player.id, detail: lastLine(child.stderrTail()) });
  tell();
  return null;
}
