import type { Migration } from '#native/sqlite/types.ts';

/** What patrols said of a camera, by time: marks on its line in the replay. */
export const tourMarks: Migration = {
  name: '013-tour-marks',
  up(db) {
    db.exec('CREATE INDEX tour_record_camera ON tour_record (camera_id, at_ms) WHERE camera_id IS NOT NULL');
  },
};
