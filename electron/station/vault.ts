import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

export interface Vault {
  /** AES-256-GCM under a key that is in a file, not in the database. */
  seal(plain: string): string;
  /** @throws when the text was not sealed by this station */
  open(sealed: string): string;
  /** A key of its own for another purpose (HMAC-derived). */
  derive(purpose: string): Buffer;
}

/** Opens the station's key file, making it (readable by its owner only) on the first start. */
export function openVault(keyFile: string): Vault {
  if (!existsSync(keyFile)) {
    writeFileSync(keyFile, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
    if (process.platform !== 'win32') chmodSync(keyFile, 0o600);
  }
  const root = Buffer.from(readFileSync(keyFile, 'utf8').trim(), 'base64');
  if (root.length !== 32)
    throw new Error(`${keyFile}: not a 32-byte key in base64; put the right key file back`);
  const derive = (purpose: string) => createHmac('sha256', root).update(purpose).digest();
  const key = derive('seal');
  return {
    derive,
    seal(plain) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
  };
}
