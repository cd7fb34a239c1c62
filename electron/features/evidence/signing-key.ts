import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { Vault } from '#station/vault.ts';

/** The station's key for evidence: Ed25519 (RFC 8032). */
export interface SigningKey {
  publicKeyPem: string;
  /** SHA-256 of the public key as SubjectPublicKeyInfo (DER), hex. */
  fingerprint: string;
  /** 64 bytes over the bytes as they are. */
  sign(bytes: Uint8Array): Buffer;
}

/** PKCS #8 head of an Ed25519 private key whose 32 bytes follow (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The key is derived from the station's key file, which is in no backup of the database: whoever has the records alone
 * cannot sign. It stays the same for as long as the key file does.
 */
export function signingKey(vault: Pick<Vault, 'derive'>): SigningKey {
  const seed = vault.derive('evidence-signing');
  const privateKey: KeyObject = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return {
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    fingerprint: createHash('sha256').update(der).digest('hex'),
    sign: (bytes) => sign(null, bytes, privateKey),
  };
}
