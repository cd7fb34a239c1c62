import type { Migration } from '#native/sqlite/types.ts';

/**
 * The switch "transcode H.265" became a choice. Who had switched it on keeps it (automatic is the default now); who had
 * switched it off by hand had decided that this machine is not to re-encode.
 */
export const transcoder: Migration = {
  name: '015-transcoder',
  up(db) {
    db.exec(`
      INSERT INTO setting (key, value)
        SELECT 'video.transcoder', '"never"' FROM setting WHERE key = 'video.transcodeH265' AND value = 'false';
      DELETE FROM setting WHERE key = 'video.transcodeH265';
    `);
  },
};
