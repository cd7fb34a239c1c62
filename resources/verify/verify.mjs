#!/usr/bin/env node
/**
 * Checks an evidence bundle of Guardroom and names every file that was changed, added or removed.
 *
 *   node verify.mjs [folder] [--fingerprint <64 hex digits>]
 *
 * Needs Node 18 or newer and nothing else. Take this file from the software's own distribution rather than from the
 * bundle: whoever can change a bundle can change a verifier in it. `--fingerprint` is that of the station's key, told by
 * somebody at the station and not by the bundle; without it a bundle that was made anew with another key passes.
 * Exit code: 0 unchanged, 1 changed, 2 nothing to check or wrong usage.
 */
import { createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { createReadStream, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MANIFEST = 'manifest.json';
const KEY = 'station-public-key.pem';
const SIGNED = { [MANIFEST]: 'manifest.sig', SHA256SUMS: 'SHA256SUMS.sig' };

/**
 * @param {string} folder of the bundle
 * @param {string} [fingerprint] SHA-256 of the station's public key (SubjectPublicKeyInfo), hex
 * @returns {Promise<{ok: boolean, problems: {file: string, problem: string}[], files: number, fingerprint: string | null, id: string | null}>}
 *   problems: `changed`, `missing`, `added`, `wrong_key` (not the station's), `not_a_file`, `unreadable`
 */
export async function verifyBundle(folder, fingerprint) {
  const problems = [];
  const names = listFiles(folder, problems);
  const report = (file, problem) => {
    if (!problems.some((one) => one.file === file)) problems.push({ file, problem });
  };
  const bytes = (name) => (names.has(name) ? readFileSync(path.join(folder, name)) : null);
  for (const name of [KEY, ...Object.keys(SIGNED), ...Object.values(SIGNED)])
    if (!names.has(name)) report(name, 'missing');

  const key = readKey(bytes(KEY));
  const found = key && digest(key.export({ format: 'der', type: 'spki' }));
  if (names.has(KEY) && !key) report(KEY, 'changed');
  const isValid = Object.fromEntries(
    Object.entries(SIGNED).map(([name, signature]) => [name, isSigned(key, bytes(name), bytes(signature))]),
  );
  const sums = readSums(bytes('SHA256SUMS'));
  const manifest = readManifest(bytes(MANIFEST));
  const claimed = manifest?.station?.publicKeyFingerprint;

  // Which of the signed pair was touched is told by the other pair.
  // Without a readable key neither can be judged, and only the key is known to be touched.
  if (key && !isValid[MANIFEST] && !isValid.SHA256SUMS) {
    if (claimed && claimed !== found) report(KEY, 'changed');
    else for (const name of [...Object.keys(SIGNED), ...Object.values(SIGNED)]) report(name, 'changed');
  } else if (key && !isValid.SHA256SUMS && names.has('SHA256SUMS') && names.has('SHA256SUMS.sig')) {
    report((await agrees(sums, manifest, bytes)) ? 'SHA256SUMS.sig' : 'SHA256SUMS', 'changed');
  }
  // A signature that is valid speaks for its list; if both are, they say the same.
  const expected = new Map();
  if (isValid.SHA256SUMS) for (const [name, sha256] of sums) expected.set(name, sha256);
  else if (manifest?.files) for (const { name, sha256 } of manifest.files) expected.set(name, sha256);
  for (const [name, sha256] of expected) {
    if (!names.has(name)) report(name, 'missing');
    else if ((await hashFile(path.join(folder, name))) !== sha256) report(name, 'changed');
  }
  for (const [name, signature] of Object.entries(SIGNED))
    if (
      !isValid[name] &&
      names.has(name) &&
      names.has(signature) &&
      !problems.some((one) => [name, signature, KEY].includes(one.file))
    )
      report(name, 'changed');
  const known = new Set([...expected.keys(), KEY, ...Object.keys(SIGNED), ...Object.values(SIGNED)]);
  if (expected.size > 0) for (const name of names) if (!known.has(name)) report(name, 'added');
  if (fingerprint && found !== fingerprint.toLowerCase()) report(KEY, 'wrong_key');
  return {
    ok: problems.length === 0,
    problems,
    files: names.size,
    fingerprint: found ?? null,
    id: manifest?.id ?? null,
  };
}

/** Files below the folder, with `/`; links are not followed. */
function listFiles(folder, problems) {
  const names = new Set();
  const walk = (below) => {
    for (const entry of readdirSync(path.join(folder, below))) {
      const name = below === '' ? entry : `${below}/${entry}`;
      const found = lstatSync(path.join(folder, name));
      if (found.isDirectory()) walk(name);
      else if (found.isFile()) names.add(name);
      else problems.push({ file: name, problem: 'not_a_file' });
    }
  };
  walk('');
  return names;
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

async function hashFile(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

function readKey(pem) {
  try {
    const key = pem && createPublicKey(pem);
    return key?.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

function isSigned(key, bytes, signature) {
  try {
    return Boolean(key && bytes && signature) && verify(null, bytes, key, signature);
  } catch {
    return false;
  }
}

function readSums(bytes) {
  const sums = new Map();
  for (const line of bytes?.toString('utf8').split('\n') ?? []) {
    const parts = /^([0-9a-f]{64}) [ *](.+)$/.exec(line);
    if (parts) sums.set(parts[2], parts[1]);
  }
  return sums;
}

function readManifest(bytes) {
  try {
    return bytes && JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

/** Whether the list of hashes says of the manifest, its signature and all files what is so. */
async function agrees(sums, manifest, bytes) {
  const list = [...(manifest?.files ?? [])];
  for (const name of [MANIFEST, SIGNED[MANIFEST]]) {
    const content = bytes(name);
    if (content) list.push({ name, sha256: digest(content) });
  }
  const same = (a, b) => a?.length === b?.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
  const text = list.map(({ name, sha256 }) => `${sha256} *${name}\n`).join('');
  return (
    sums.size === list.length &&
    list.every(({ name, sha256 }) => same(sums.get(name), sha256)) &&
    digest(text) === digest(bytes('SHA256SUMS'))
  );
}

const WORDS = {
  changed: '已改动 / changed',
  missing: '缺失 / missing',
  added: '多出 / added',
  wrong_key: '不是该站端的密钥 / not the key of that station',
  not_a_file: '不是普通文件 / not a plain file',
};

const say = (line) => void process.stdout.write(`${line}\n`);
const warn = (line) => void process.stderr.write(`${line}\n`);

async function main() {
  const args = process.argv.slice(2);
  const at = args.indexOf('--fingerprint');
  const fingerprint = at >= 0 ? args.splice(at, 2)[1] : undefined;
  const folder = path.resolve(args[0] ?? path.dirname(fileURLToPath(import.meta.url)));
  if (args.length > 1 || (at >= 0 && !/^[0-9a-f]{64}$/i.test(fingerprint ?? ''))) {
    warn('node verify.mjs [folder] [--fingerprint <64 hex digits>]');
    return 2;
  }
  let result;
  try {
    result = await verifyBundle(folder, fingerprint);
  } catch (error) {
    warn(`${folder}: ${error.message}`);
    return 2;
  }
  for (const { file, problem } of result.problems) say(`${file}: ${WORDS[problem]}`);
  if (result.fingerprint) say(`密钥指纹 / key fingerprint: ${result.fingerprint}`);
  if (!result.ok) say('结果：证据包已被改动 / RESULT: CHANGED');
  else if (fingerprint)
    say(`结果：未改动，共 ${result.files} 个文件 / RESULT: UNCHANGED, ${result.files} files`);
  else
    say(
      `结果：与签名一致，共 ${result.files} 个文件；请与站端核对密钥指纹 / RESULT: AS SIGNED, ${result.files} files; compare the fingerprint with the station`,
    );
  return result.ok ? 0 : 1;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main();
