import type * as hashWasm from 'hash-wasm';
import { expect, it, vi } from 'vitest';
import { createPasswords } from '#features/accounts/password.ts';

const verified = vi.hoisted(() => [] as string[]);
vi.mock('hash-wasm', async (importOriginal) => {
  const real = await importOriginal<typeof hashWasm>();
  return {
    ...real,
    argon2Verify(options: { password: string; hash: string }) {
      verified.push(options.hash);
      return real.argon2Verify(options);
    },
  };
});
const CHEAP = { memoryKib: 64, passes: 1 };

it('hashes with argon2id, 19 MiB, two passes and a salt of its own, unless it is told otherwise', async () => {
  const passwords = createPasswords();
  const [one, two] = [await passwords.hash('same'), await passwords.hash('same')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(two).not.toBe(one);
  expect(await createPasswords(CHEAP).hash('x')).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
});

it('tells the right password, whatever its hash cost', async () => {
  const passwords = createPasswords(CHEAP);
  const hash = await createPasswords({ memoryKib: 128, passes: 2 }).hash('对的 password');
  expect(await passwords.fits('对的 password', hash)).toBe(true);
  expect(await passwords.fits('wrong', hash)).toBe(false);
  expect(await passwords.fits('', hash)).toBe(false);
});

it('does the same work for a name that there is not, and never lets it in', async () => {
  const passwords = createPasswords();
  verified.length = 0;
  expect(await passwords.fits('anything', undefined)).toBe(false);
  expect(verified).toEqual([expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)]);
});
