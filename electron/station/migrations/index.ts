import type { Migration } from '#native/sqlite/types.ts';
import { base } from './001-base.ts';
import { ingest } from './002-ingest.ts';
import { alarmsDevicesRecords } from './003-alarms-devices-records.ts';
import { response } from './004-response.ts';
import { broadcast } from './005-broadcast.ts';
import { recording } from './006-recording.ts';
import { evidence } from './007-evidence.ts';
import { tours } from './008-tours.ts';
import { bringIn } from './009-bring-in.ts';
import { views } from './010-views.ts';
import { pictures } from './011-pictures.ts';
import { exportSound } from './012-export-sound.ts';
import { tourMarks } from './013-tour-marks.ts';
import { exportReason } from './014-export-reason.ts';
import { transcoder } from './015-transcoder.ts';
import { alarmSpans } from './016-alarm-spans.ts';
import { exportStreams } from './017-export-streams.ts';

/** The schema, in order. A release never edits or reorders what an earlier one shipped. */
export const migrations: readonly Migration[] = [
  base,
  ingest,
  alarmsDevicesRecords,
  response,
  broadcast,
  recording,
  evidence,
  tours,
  bringIn,
  views,
  pictures,
  exportSound,
  tourMarks,
  exportReason,
  transcoder,
  alarmSpans,
  exportStreams,
];
