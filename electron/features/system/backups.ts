import { backup, backupName, listBackups, pruneBackups } from '#native/sqlite/backup.ts';
import { Cron } from 'croner';
import type { Actor, StationPorts } from '#station/ports.ts';
import { STATION_ACTOR } from '#station/ports.ts';

export type Backups = ReturnType<typeof createBackups>;

/** Scheduled and manual online back-ups, with their line in the foot bar. */
export function createBackups(ports: StationPorts) {
  const { db, clock, log, paths, settings, health, write, audit } = ports;
  settings.define(
    { key: 'backup.schedule', kind: 'string', defaultValue: '30 3 * * *', maxLength: 100, restart: true },
    { key: 'backup.keep', kind: 'number', defaultValue: 14, min: 1, max: 1000 },
  );
  const say = () => {
    const last = listBackups(paths.backups)[0];
    if (last) health.set('backup', 'ok', 'done', { atMs: last.atMs });
    else health.set('backup', 'off', 'none');
  };
  const take = async (reason: 'scheduled' | 'manual', actor: Actor) => {
    try {
      const made = await backup(db, paths.backups, clock.nowMs(), reason);
      pruneBackups(paths.backups, settings.number('backup.keep'));
      write((tx) =>
        audit.append(tx, actor, 'backup.take', backupName(made), { reason, sizeBytes: made.sizeBytes }),
      );
      say();
      return made;
    } catch (error) {
      log.error('back-up failed', { error: (error as Error).message });
      health.set('backup', 'bad', 'failed', { message: (error as Error).message });
      throw error;
    }
  };
  let job: Cron | null = null;
  try {
    job = new Cron(settings.string('backup.schedule'), { unref: true, protect: true }, async () => {
      // the failure is on the foot bar and in the log
      await take('scheduled', STATION_ACTOR).catch(() => undefined);
    });
    say();
  } catch (error) {
    health.set('backup', 'bad', 'schedule_invalid', { message: (error as Error).message });
  }
  return {
    take,
    list: () => listBackups(paths.backups).map((one) => ({ ...one, file: backupName(one) })),
    stop: () => job?.stop(),
  };
}
