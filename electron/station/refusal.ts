import { SiteFileError } from '#features/site/site.service.ts';
import { LockedError } from '#native/sqlite/lock.ts';
import { FutureDatabaseError } from '#native/sqlite/migrate.ts';
import { DamagedDatabaseError } from './database.ts';

/** Why `startStation` refused, as a code that the console words as `host.station.<code>`; the error's message is for the log. */
export function refusalCode(error: unknown): string {
  if (error instanceof LockedError) return 'locked';
  if (error instanceof DamagedDatabaseError) return 'database_damaged';
  if (error instanceof FutureDatabaseError) return 'database_newer';
  if (error instanceof SiteFileError) return 'site_file';
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Za-z_]+$/.test(code) ? code.toLowerCase() : 'failed';
}
