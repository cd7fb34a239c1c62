const MASK = '***';
/** `scheme://user:password@`; greedy to the last @ before the path, because passwords hold @ when nobody encoded them. */
const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/)[^/\s'"]*@/gi;

/**
 * Text fit for a log: every given secret (also in its URL-encoded and base64 forms) and the user part of every URL
 * is masked. Secrets shorter than three characters would mask innocent text and are left to the URL rule.
 */
export function scrub(text: string, secrets: readonly string[] = []): string {
  let clean = text.replace(USER_INFO, `$1${MASK}@`);
  for (const form of secretForms(secrets)) clean = clean.replaceAll(form, MASK);
  return clean;
}

function secretForms(secrets: readonly string[]): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < 3) continue;
    forms.add(secret).add(encodeURIComponent(secret)).add(Buffer.from(secret).toString('base64'));
  }
  return [...forms].sort((a, b) => b.length - a.length);
}
