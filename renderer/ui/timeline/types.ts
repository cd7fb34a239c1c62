import type { Priority } from '#contract/base.ts';
import type { CameraTimeline } from '#contract/recording.contract.ts';

export interface TimelineRow {
  cameraId: string;
  label: string;
  timeline: CameraTimeline | undefined;
}
export interface TimelineMark {
  id: string;
  kind: 'alarm' | 'bookmark' | 'patrol';
  /** Of a patrol: whether the camera was confirmed, or left out. */
  done?: boolean;
  atMs: number;
  /** End of what is marked, if it is a span. */
  toMs: number | null;
  cameraIds: readonly string[];
  label: string;
  priority: Priority | null;
}
