import type { CameraChange } from '#contract/cameras.contract.ts';
import type { Camera, PullChoice, RecordingRule, SoundChoice } from '#contract/site.ts';
import { noRecording, wholeRule } from './recording-rule.ts';

/** Leaves a field as each camera has it. */
export const KEEP = '=';

/** The form of a change of many; {@link KEEP}, null or an empty text: as it is. */
export const emptyBulk = () => ({
  placeId: KEEP,
  /** Null: each camera's own. */
  recording: null as RecordingRule | null,
  transport: KEEP as 'tcp' | 'udp' | typeof KEEP,
  pull: KEEP as PullChoice | typeof KEEP,
  sound: KEEP as SoundChoice | typeof KEEP,
  events: KEEP as 'on' | 'off' | typeof KEEP,
  username: '',
  password: '',
});

/** What the recording of several begins with: how the first of them that has a rule is recorded. */
export const firstRule = (cameras: readonly Camera[]): RecordingRule =>
  cameras.find((one) => one.recording)?.recording ?? noRecording();

/** Only what is to change. */
export function bulkChange(draft: ReturnType<typeof emptyBulk>): CameraChange {
  const { placeId, recording, transport, pull, sound, events, username, password } = draft;
  const change: CameraChange = {};
  if (placeId !== KEEP) change.placeId = placeId;
  if (recording) change.recording = wholeRule(recording);
  if (transport !== KEEP) change.transport = transport;
  if (pull !== KEEP) change.pull = pull;
  if (sound !== KEEP) change.sound = sound;
  if (events !== KEEP) change.onvifEvents = events === 'on';
  if (username.trim() !== '') change.username = username.trim();
  if (password !== '') change.password = password;
  return change;
}
