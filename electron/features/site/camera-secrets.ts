import type { JsonObject } from '#contract/base.ts';
import type { Camera } from '#contract/site.ts';
import { hostsGained } from '#domain/camera-hosts.ts';
import type { StationPorts, Tx } from '#station/ports.ts';
import * as store from './site.store.ts';

/** What a change says of a password: as it was typed (empty removes it), or as the vault had sealed it (null: none). */
export type Secret = { password: string } | { sealed: string | null };

/**
 * Stored passwords of cameras, and whom they may be sent to: the hosts that a camera had when its password was stored.
 * Whoever may edit cameras could otherwise have the password of any camera sent to a machine of his own.
 */
export function createCameraSecrets({ db, vault }: Pick<StationPorts, 'db' | 'vault'>) {
  /** Undefined where there is none, or where it was sealed with another key: `isUnreadable` tells the two apart. */
  const open = (id: string): string | undefined => {
    const secret = store.secretOf(db, id);
    if (secret === undefined) return undefined;
    try {
      return vault.open(secret);
    } catch {
      return undefined;
    }
  };
  /**
   * Hosts that a stored password would be sent to and is not for.
   * @param before the camera that the password is stored for; none has none
   */
  const led = (before: Camera | undefined, after: Camera): string[] =>
    before && store.secretOf(db, before.id) !== undefined ? hostsGained(before, after) : [];
  return {
    open,
    isUnreadable: (id: string): boolean => store.secretOf(db, id) !== undefined && open(id) === undefined,
    /** As it is sealed; null: none. */
    sealed: (id: string): string | null => store.secretOf(db, id) ?? null,
    led,
    /** Why a change is refused: it moves a camera and says nothing of its password, not even that there is none. */
    issues(before: Camera | undefined, after: Camera, secret: Secret | undefined): JsonObject[] {
      const hosts = secret === undefined ? led(before, after) : [];
      if (hosts.length === 0) return [];
      return [{ path: 'password', code: 'password_elsewhere', params: { id: after.id, host: hosts.join(', ') } }]; // prettier-ignore
    },
    /**
     * Cameras of a site file that leads them elsewhere without a password: the file replaces the park as a whole and says
     * where everything is, so it is taken, and their passwords are forgotten. Refused, it could be taken only with
     * passwords written into it for everybody to read. Those of cameras that it has no longer go too (null).
     */
    notTakenAlong(
      before: ReadonlyMap<string, Camera>,
      after: readonly (Camera & { password?: string | undefined })[],
    ): { id: string; host: string | null }[] {
      const kept = new Set(after.map(({ id }) => id));
      const gone = [...before.keys()].filter((id) => !kept.has(id) && store.secretOf(db, id) !== undefined);
      const moved = after.flatMap((camera) => {
        const hosts = camera.password ? [] : led(before.get(camera.id), camera);
        return hosts.length > 0 ? [{ id: camera.id, host: hosts.join(', ') }] : [];
      });
      return [...moved, ...gone.map((id) => ({ id, host: null }))];
    },
    write(tx: Tx, id: string, secret: Secret): void {
      if ('sealed' in secret) store.putSecret(tx.db, id, secret.sealed);
      else store.putSecret(tx.db, id, secret.password === '' ? null : vault.seal(secret.password));
    },
  };
}
