import { recordingRule, type RecordingRule } from '#contract/site.ts';

/** What a camera without a rule has: it is not recorded. */
export const noRecording = (): RecordingRule => recordingRule.parse({});

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/;

/** A schedule needs times, each with days and two times of day. */
export const isRuleRight = ({ mode, schedule }: RecordingRule): boolean =>
  mode !== 'schedule' ||
  (schedule.length > 0 &&
    schedule.every(({ days, from, to }) => days.length > 0 && TIME.test(from) && TIME.test(to)));

/** Times that are half filled in go where they are not used; where they are, {@link isRuleRight} asks for them. */
export const wholeRule = (rule: RecordingRule, schedule: RecordingRule['schedule'] = []): RecordingRule =>
  rule.mode === 'schedule' || isRuleRight({ ...rule, mode: 'schedule' }) ? rule : { ...rule, schedule };

/** As it is stored: a camera that was never recorded stays without a rule; half filled in times of another mode go. */
export const storedRule = (
  rule: RecordingRule,
  before: RecordingRule | undefined,
): RecordingRule | undefined =>
  rule.mode === 'off' && !before ? undefined : wholeRule(rule, before?.schedule);
