import type { CameraChange } from '#contract/cameras.contract.ts';
import {
  camera as cameraSchema,
  streamRule,
  type Camera,
  type RecordingRule,
  type StreamRule,
} from '#contract/site.ts';
import { otherStream, ruleOfStream } from '#domain/recording-streams.ts';

/** A rule that says nothing of a second stream does not record it any more; what it has recorded keeps its term. */
function withTerms(before: RecordingRule | undefined, next: RecordingRule): RecordingRule {
  if (next.beside || !before?.beside) return next;
  const own = ruleOfStream<StreamRule>(before, otherStream(next.stream));
  return { ...next, beside: streamRule.parse({ ...own, mode: 'off' }) };
}

/** A camera with what a change of many says; the rest as it was. The password is no part of a camera. */
export function changed(camera: Camera, change: CameraChange): Camera {
  const { password: _secret, onvifEvents, username, ...plain } = change;
  const kept = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  if (change.recording) kept.recording = withTerms(camera.recording, change.recording);
  const { username: before, ...rest } = camera;
  const user = username === undefined ? before : username;
  return cameraSchema.parse({
    ...rest,
    ...kept,
    ...(user ? { username: user } : {}),
    ...(camera.onvif && onvifEvents !== undefined ? { onvif: { ...camera.onvif, events: onvifEvents } } : {}),
  });
}
