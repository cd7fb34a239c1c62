/** A sound file and the silence after it. */
export interface SoundStep {
  file: string;
  gapMs: number;
}

/** What is played: `lead` once, `body` so many times, `tail` once. */
export interface SoundProgramme {
  lead: readonly SoundStep[];
  body: readonly SoundStep[];
  rounds: number | 'until_stopped';
  tail: readonly SoundStep[];
}

/** Every file of a programme, each once. */
export function filesOf(programme: SoundProgramme): string[] {
  const steps = [...programme.lead, ...programme.body, ...programme.tail];
  return [...new Set(steps.map((step) => step.file))];
}

/** The steps in the order of playing; endless for `until_stopped`. */
export function* stepsOf(programme: SoundProgramme): Generator<SoundStep> {
  yield* programme.lead;
  // An endless round of nothing would spin for ever.
  const endless = programme.rounds === 'until_stopped' && programme.body.length > 0;
  const rounds = programme.rounds === 'until_stopped' ? 0 : programme.rounds;
  for (let round = 0; endless || round < rounds; round += 1) yield* programme.body;
  yield* programme.tail;
}
