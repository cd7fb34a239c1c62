import { copyFile, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { COVER, coverPdf } from './cover.ts';
import { hashFile, writeHashed, type BundleFile } from './hashed-file.ts';
import {
  MANIFEST,
  manifestText,
  PUBLIC_KEY,
  SIGNATURE,
  SUMS,
  sumsText,
  SUMS_SIGNATURE,
  type ManifestInput,
} from './manifest.ts';
import type { SigningKey } from './signing-key.ts';

const READMES = ['README.zh.txt', 'README.en.txt'];
const VERIFIER = 'verify.mjs';
/** Everything that `sealBundle` writes: removed before, so that an interrupted export can be sealed again. */
const OWN = [...READMES, VERIFIER, COVER, PUBLIC_KEY, MANIFEST, SIGNATURE, SUMS, SUMS_SIGNATURE];

/**
 * Adds to the videos what makes them proof: cover sheet, instructions, verifier, manifest and list of hashes, both signed.
 * @param input `files` are the videos; the others are added here
 * @returns all files of the bundle, and the manifest's own
 */
export async function sealBundle(
  folder: string,
  resources: string,
  key: SigningKey,
  input: ManifestInput,
): Promise<{ files: BundleFile[]; manifest: BundleFile }> {
  for (const name of OWN) await rm(path.join(folder, name), { force: true });
  const files = [...input.files];
  files.push(await writeHashed(folder, COVER, coverPdf(input, resources)));
  files.push(await writeHashed(folder, PUBLIC_KEY, key.publicKeyPem));
  for (const name of READMES) {
    const text = await readFile(path.join(resources, 'verify', name), 'utf8');
    files.push(await writeHashed(folder, name, text.replaceAll('{fingerprint}', key.fingerprint)));
  }
  await copyFile(path.join(resources, 'verify', VERIFIER), path.join(folder, VERIFIER));
  files.push(await hashFile(folder, VERIFIER));
  files.sort((a, b) => (a.name < b.name ? -1 : 1));

  const text = Buffer.from(manifestText({ ...input, files }), 'utf8');
  const manifest = await writeHashed(folder, MANIFEST, text);
  const signature = await writeHashed(folder, SIGNATURE, key.sign(text));
  const listed = [...files, manifest, signature];
  const sums = Buffer.from(sumsText(listed), 'utf8');
  const sumsFile = await writeHashed(folder, SUMS, sums);
  const sumsSignature = await writeHashed(folder, SUMS_SIGNATURE, key.sign(sums));
  return { files: [...listed, sumsFile, sumsSignature], manifest };
}
