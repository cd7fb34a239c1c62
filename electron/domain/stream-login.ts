/**
 * Logins inside of stream addresses. Some cameras take the password in the path or the query instead of asking for it
 * (`/user=admin_password=…_channel=1_stream=0.sdp`, `?user=…&pwd=…`), often as a hash that is as good as the password. Such
 * a part is a secret like the password: it is stored sealed, in its place in the address, and opened only to pull.
 */
const NAMES = 'password|passwd|passwort|pass|pwd|pw|pswd|psw|userpwd|loginpas|loginpwd|loginpass|auth|authbasic|access_token|auth_token|secret'; // prettier-ignore
/** In a path a value ends at a separator, or where the next `_name=` begins. */
const IN_PATH = new RegExp(`((?:^|[/&;_])(?:${NAMES})=)(.*?)(?=[&/#;]|_[a-z][a-z0-9]*=|$)`, 'gi');
/** In a query it may hold all of them, and ends where the next pair begins. */
const IN_QUERY = new RegExp(`([?&;](?:${NAMES})=)([^&;]*)`, 'gi');
const IN_QUERY_CHAINED = new RegExp(`(_(?:${NAMES})=)(.*?)(?=[&;]|_[a-z][a-z0-9]*=|$)`, 'gi');
/** `/0/user:password/main` */
const SEGMENT = /^(\/\d+\/[^/:?]+:)([^/?]+)(?=\/)/;
const isSealed = (value: string) => /^sealed~[A-Za-z0-9_-]+~$/.test(value);

/** Replaces what is secret behind host and port. */
function mapSecrets(url: string, replace: (secret: string) => string): string {
  const parts = /^([a-z]+:(?:\/\/[^/?#]*)?)([^?]*)(.*)$/is.exec(url.trim());
  if (!parts) return url;
  const put = (whole: string, before: string, secret: string) =>
    secret === '' ? whole : before + replace(secret);
  const [, front, path, query] = parts as unknown as [string, string, string, string];
  const shown = path.replace(IN_PATH, put).replace(SEGMENT, put);
  return front + shown + query.replace(IN_QUERY, put).replace(IN_QUERY_CHAINED, put);
}

/** Whether a secret stands in it for everybody to read. */
export function hasOpenLogin(url: string): boolean {
  let found = false;
  mapSecrets(url, (secret) => {
    found ||= !isSealed(secret);
    return secret;
  });
  return found;
}
/** @param seal of a secret, in characters of base64url */
export const sealLogin = (url: string, seal: (secret: string) => string): string =>
  mapSecrets(url, (secret) => (isSealed(secret) ? secret : `sealed~${seal(secret)}~`));
/**
 * What is sealed anywhere else than in the place of a login stays as it is.
 * @param open of what `sealLogin` was given; may throw
 */
export const openLogin = (url: string, open: (sealed: string) => string): string =>
  mapSecrets(url, (secret) => (isSealed(secret) ? open(secret.slice('sealed~'.length, -1)) : secret));
export function hasSealedLogin(url: string): boolean {
  let found = false;
  mapSecrets(url, (secret) => {
    found ||= isSealed(secret);
    return secret;
  });
  return found;
}

/** The address without what is secret in it, sealed or not: whether two are the same stream. */
export const withoutLogin = (url: string): string => mapSecrets(url, () => '');
/** For people to read. */
export const shownAddress = (url: string): string =>
  mapSecrets(url, () => '•••').replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1•••@');
