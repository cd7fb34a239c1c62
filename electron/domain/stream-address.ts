import { withoutLogin } from './stream-login.ts';

/**
 * What two addresses of the same stream have in common: host in lower case, port written out, path and query without a
 * login. Two
 * cameras with the same one are one camera brought in twice.
 */
export function streamKey(address: string): string {
  const url = withoutLogin(address);
  const parts = /^(rtsps?):\/\/(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?([/?].*)?$/i.exec(url.trim());
  if (!parts) return url.trim();
  const [, scheme, host, port, rest = ''] = parts;
  const usual = scheme!.toLowerCase() === 'rtsps' ? '322' : '554';
  return `${host!.toLowerCase()}:${port ?? usual}${rest.replace(/\/$/, '')}`;
}
