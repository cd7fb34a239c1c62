import type { Clock } from '#native/process/clock.ts';

/** What can be wrong with a window. */
export type RendererTrouble = 'gone' | 'unresponsive' | 'load-failed' | 'blank';

/** The parts of Electron's `WebContents` that are watched. */
export interface WatchedContents {
  on(event: 'render-process-gone', listener: (event: unknown, details: { reason: string }) => void): unknown;
  on(event: 'did-fail-load', listener: (event: unknown, code: number, description: string, url: string, isMainFrame: boolean) => void): unknown; // prettier-ignore
  on(event: 'unresponsive' | 'responsive' | 'did-finish-load' | 'destroyed', listener: () => void): unknown;
  executeJavaScript(code: string): Promise<unknown>;
  forcefullyCrashRenderer(): void;
  isDestroyed(): boolean;
}

export interface RendererWatchOptions {
  contents: WatchedContents;
  /** Loads the console's page afresh. */
  reload(): void;
  clock: Clock;
  onTrouble?: (trouble: RendererTrouble, reason: string) => void;
}

/** A renderer that answers nothing for so long is ended and loaded again. */
const UNRESPONSIVE_MS = 15_000;
/** Between two looks at whether the page shows anything, and how long the answer may take. */
const PROBE_MS = 20_000;
const PROBE_ANSWER_MS = 10_000;
/** Quick reloads in a window of time; then one a minute, for ever: a console that gives up would be worse. */
const QUICK_RELOADS = 5;
const QUICK_WINDOW_MS = 10 * 60_000;
const QUICK_DELAY_MS = 1_000;
const SLOW_DELAY_MS = 60_000;

/** How many elements the console has mounted. A page that is blank has none. */
const PROBE = "document.querySelector('#app')?.childElementCount ?? 0";

/**
 * Keeps one window showing the console: loads it again after a crash, a hang, a failed load and a page that stays blank.
 * @returns stops watching
 */
export function watchRenderer({ contents, reload, clock, onTrouble }: RendererWatchOptions): () => void {
  const reloadsMs: number[] = [];
  let pending: (() => void) | undefined;
  let hang: (() => void) | undefined;
  let probe: (() => void) | undefined;
  let blankOnce = false;
  let stopped = false;

  function recover(trouble: RendererTrouble, reason: string): void {
    if (stopped || pending) return;
    onTrouble?.(trouble, reason);
    probe?.();
    const nowMs = clock.monotonicMs();
    while (reloadsMs[0] !== undefined && reloadsMs[0] < nowMs - QUICK_WINDOW_MS) reloadsMs.shift();
    const delayMs = reloadsMs.length < QUICK_RELOADS ? QUICK_DELAY_MS : SLOW_DELAY_MS;
    pending = clock.after(delayMs, () => {
      pending = undefined;
      if (stopped || contents.isDestroyed()) return;
      reloadsMs.push(clock.monotonicMs());
      blankOnce = false;
      reload();
      schedule();
    });
  }

  /** The next look at the page; a reload that never finishes loading is seen by it too. */
  function schedule(): void {
    probe?.();
    probe = clock.after(PROBE_MS, () => void look());
  }

  async function look(): Promise<void> {
    if (stopped || pending || contents.isDestroyed()) return;
    const mounted = await answered(contents.executeJavaScript(PROBE));
    if (stopped || pending) return;
    const blank = typeof mounted !== 'number' || mounted === 0;
    // Once may be a page that is just loading.
    if (blank && blankOnce) return recover('blank', mounted === undefined ? 'no-answer' : 'empty');
    blankOnce = blank;
    schedule();
  }

  /** The answer, or undefined when it fails or does not come. */
  function answered(question: Promise<unknown>): Promise<unknown> {
    return new Promise((done) => {
      const giveUp = clock.after(PROBE_ANSWER_MS, () => done(undefined));
      const end = (answer: unknown): void => {
        giveUp();
        done(answer);
      };
      question.then(end, () => end(undefined));
    });
  }

  function stop(): void {
    stopped = true;
    for (const cancel of [pending, hang, probe]) cancel?.();
  }

  contents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') recover('gone', reason);
  });
  contents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
    const aborted = code === -3; // a load that a newer one has replaced
    if (isMainFrame && !aborted) recover('load-failed', description);
  });
  contents.on('unresponsive', () => {
    hang?.();
    hang = clock.after(UNRESPONSIVE_MS, () => {
      if (stopped || contents.isDestroyed()) return;
      contents.forcefullyCrashRenderer();
      recover('unresponsive', 'hang');
    });
  });
  contents.on('responsive', () => hang?.());
  contents.on('did-finish-load', schedule);
  contents.on('destroyed', stop);
  return stop;
}
