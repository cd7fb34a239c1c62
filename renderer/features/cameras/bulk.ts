import type { CameraChange } from '#contract/cameras.contract.ts';
import type { Camera, PullChoice, SoundChoice } from '#contract/site.ts';
import type { RecordingMode } from '#domain/recording-types.ts';

/** Leaves a field as each camera has it. */
export const KEEP = '=';

/** The form of a change of many; {@link KEEP} or an empty text: as it is. */
export const emptyBulk = () => ({
  placeId: KEEP,
  mode: KEEP as RecordingMode | typeof KEEP,
  keepDays: 30 as number | null,
  transport: KEEP as 'tcp' | 'udp' | typeof KEEP,
  pull: KEEP as PullChoice | typeof KEEP,
  sound: KEEP as SoundChoice | typeof KEEP,
  events: KEEP as 'on' | 'off' | typeof KEEP,
  username: '',
  password: '',
});

/** Only what is to change. How the first camera is recorded gives the figures that the form does not show. */
export function bulkChange(draft: ReturnType<typeof emptyBulk>, cameras: readonly Camera[]): CameraChange {
  const { placeId, mode, keepDays, transport, pull, sound, events, username, password } = draft;
  const change: CameraChange = {};
  if (placeId !== KEEP) change.placeId = placeId;
  if (transport !== KEEP) change.transport = transport;
  if (pull !== KEEP) change.pull = pull;
  if (sound !== KEEP) change.sound = sound;
  if (events !== KEEP) change.onvifEvents = events === 'on';
  if (username.trim() !== '') change.username = username.trim();
  if (password !== '') change.password = password;
  if (mode !== KEEP) {
    const before = cameras.find((one) => one.recording)?.recording;
    change.recording = {
      ...{ stream: 'main', schedule: [], preSeconds: 10, postSeconds: 60 },
      ...before,
      mode,
      keepDays: keepDays ?? 30,
    };
  }
  return change;
}
