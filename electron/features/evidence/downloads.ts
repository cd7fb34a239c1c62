import { randomBytes } from 'node:crypto';
import type { Clock } from '#station/clock.ts';
import { readZip, type ZipLayout } from './zip.ts';

const VALID_MS = 12 * 3_600_000;
const MAX_GRANTS = 64;

/** Bundles that are opened for reading: a grant belongs to an account and ends with its time. */
export function createDownloads(clock: Clock) {
  const grants = new Map<
    string,
    { accountId: string | null; exportId: string; zip: ZipLayout; endMs: number }
  >();
  return {
    open(accountId: string | null, exportId: string, zip: ZipLayout): string {
      for (const [token, { endMs }] of grants)
        if (endMs <= clock.monotonicMs() || grants.size >= MAX_GRANTS) grants.delete(token);
      const token = randomBytes(24).toString('base64url');
      grants.set(token, { accountId, exportId, zip, endMs: clock.monotonicMs() + VALID_MS });
      return token;
    },
    /** Undefined without a valid grant of this account. */
    async read(
      accountId: string | null,
      token: string,
      offset: number,
      length: number,
    ): Promise<Buffer | undefined> {
      const grant = grants.get(token);
      if (!grant || grant.accountId !== accountId || grant.endMs <= clock.monotonicMs()) return undefined;
      return readZip(grant.zip, offset, length);
    },
    /** The bundle is gone. */
    end(exportId: string): void {
      for (const [token, grant] of grants) if (grant.exportId === exportId) grants.delete(token);
    },
  };
}
