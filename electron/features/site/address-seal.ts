import type { Camera } from '#contract/site.ts';
import { hostOfAddress } from '#domain/camera-hosts.ts';
import { hasOpenLogin, hasSealedLogin, openLogin, sealLogin } from '#domain/stream-login.ts';
import type { Vault } from '#station/vault.ts';

/**
 * Logins in stream addresses, sealed like passwords. What is sealed is bound to the host that it is for: in the address of
 * another one it opens to nothing, so that nobody can have it sent to a machine of his own.
 */
export function createAddressSeal(vault: Pick<Vault, 'seal' | 'open'>) {
  const seal = (url: string) => {
    const host = hostOfAddress(url) ?? '';
    return sealLogin(url, (secret) =>
      Buffer.from(vault.seal(`${host}\n${secret}`), 'base64').toString('base64url'),
    );
  };
  /** As the camera wants it; null when its login is not of this host, or not of this station. */
  const open = (url: string): string | null => {
    if (!hasSealedLogin(url)) return url;
    const host = hostOfAddress(url) ?? '';
    try {
      return openLogin(url, (sealed) => {
        const plain = vault.open(Buffer.from(sealed, 'base64url').toString('base64'));
        const at = plain.indexOf('\n');
        if (plain.slice(0, at) !== host) throw new Error('of another host');
        return plain.slice(at + 1);
      });
    } catch {
      return null;
    }
  };
  return {
    seal,
    open,
    camera: (camera: Camera): Camera => ({
      ...camera,
      mainUrl: seal(camera.mainUrl),
      ...(camera.subUrl === undefined ? {} : { subUrl: seal(camera.subUrl) }),
    }),
    isOpen: ({ mainUrl, subUrl }: Camera) => hasOpenLogin(mainUrl) || hasOpenLogin(subUrl ?? ''),
    /** Fields whose sealed login cannot be opened here. */
    broken: ({ mainUrl, subUrl }: Camera): ('mainUrl' | 'subUrl')[] => [
      ...(open(mainUrl) === null ? (['mainUrl'] as const) : []),
      ...(open(subUrl ?? '') === null ? (['subUrl'] as const) : []),
    ],
  };
}
