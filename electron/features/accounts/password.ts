import { randomBytes } from 'node:crypto';
import { argon2id, argon2Verify } from 'hash-wasm';

/** OWASP password storage cheat sheet: argon2id, 19 MiB, 2 passes, 1 lane. */
const COST = { memorySize: 19_456, iterations: 2, parallelism: 1, hashLength: 32 };

/** PHC string of a password. WebAssembly, so one build serves Node and Electron on each platform. */
export function hashPassword(password: string): Promise<string> {
  return argon2id({ ...COST, password, salt: randomBytes(16), outputType: 'encoded' });
}

const DECOY = hashPassword(randomBytes(16).toString('hex'));
/** True when the password fits. Without a hash it takes as long, so that names cannot be guessed by time. */
export async function passwordFits(password: string, hash: string | undefined): Promise<boolean> {
  // the library throws on an empty password instead of saying no
  const fits = await argon2Verify({ password: password || '\0', hash: hash ?? (await DECOY) });
  return hash !== undefined && password !== '' && fits;
}
