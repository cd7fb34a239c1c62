import { randomBytes } from 'node:crypto';
import { argon2id, argon2Verify } from 'hash-wasm';

/** What one hash takes of the machine; see RFC 9106. */
export interface PasswordCost {
  memoryKib: number;
  passes: number;
}

/** OWASP password storage cheat sheet: argon2id, 19 MiB, 2 passes, 1 lane. */
const COST: PasswordCost = { memoryKib: 19_456, passes: 2 };

export interface Passwords {
  /** PHC string of a password. */
  hash(password: string): Promise<string>;
  /** True when the password fits. Without a hash it takes as long, so that names cannot be guessed by time. */
  fits(password: string, hash: string | undefined): Promise<boolean>;
}

/**
 * Hashes of passwords. WebAssembly, so one build serves Node and Electron on each platform.
 * @param cost of new hashes; an old one keeps what it was made with. Only tests ask for less than the default: they start
 *   many stations, each with its demo accounts
 */
export function createPasswords(cost = COST): Passwords {
  const hash = (password: string) =>
    argon2id({
      ...{ memorySize: cost.memoryKib, iterations: cost.passes, parallelism: 1, hashLength: 32 },
      ...{ password, salt: randomBytes(16), outputType: 'encoded' },
    });
  const decoy = hash(randomBytes(16).toString('hex'));
  return {
    hash,
    async fits(password, known) {
      // the library throws on an empty password instead of saying no
      const isRight = await argon2Verify({ password: password || '\0', hash: known ?? (await decoy) });
      return known !== undefined && password !== '' && isRight;
    },
  };
}
