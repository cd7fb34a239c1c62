import type { CertificateCheck } from '#native/tls/pinned.ts';
import type { Actor, StationPorts } from '#station/ports.ts';

export interface Trusted {
  sha256: string;
  sinceMs: number;
}

const addressOf = (at: { host: string; port: number }) =>
  `${at.host.toLowerCase().replace(/^\[|\]$/g, '')}:${at.port}`;

/**
 * Which certificate a device has: the one that it showed first (trust on first use). A device that shows another one is
 * talked to no more until a person says that it is right. So the first contact is the one to make in a network that one
 * trusts; from then on nobody can step in between.
 */
export function createTrust(ports: Pick<StationPorts, 'db' | 'write' | 'audit' | 'clock' | 'log'>) {
  const { db, write, audit, clock, log } = ports;
  const find = (address: string) =>
    db
      .prepare('SELECT sha256, since_at_ms AS sinceMs FROM device_certificate WHERE address = ?')
      .get(address) as Trusted | undefined;

  const check: CertificateCheck = (seen) => {
    const address = addressOf(seen);
    const known = find(address);
    if (known) {
      if (known.sha256 !== seen.sha256) log.warn('certificate changed', { address });
      return known.sha256 === seen.sha256;
    }
    write((tx) =>
      tx.db
        .prepare('INSERT INTO device_certificate (address, sha256, since_at_ms) VALUES (?, ?, ?)')
        .run(address, seen.sha256, clock.nowMs()),
    );
    return true;
  };

  return {
    check,
    of: (at: { host: string; port: number }): Trusted | undefined => find(addressOf(at)),
    /** A person says that the new one is right. */
    accept(actor: Actor, at: { host: string; port: number; sha256: string }): void {
      const address = addressOf(at);
      write((tx) => {
        tx.db
          .prepare(
            `INSERT INTO device_certificate (address, sha256, since_at_ms) VALUES (?, ?, ?)
             ON CONFLICT (address) DO UPDATE SET sha256 = excluded.sha256, since_at_ms = excluded.since_at_ms`,
          )
          .run(address, at.sha256, tx.nowMs);
        audit.append(tx, actor, 'camera.trust', address, {
          sha256: at.sha256,
          before: find(address)?.sha256 ?? null,
        });
      });
    },
  };
}
