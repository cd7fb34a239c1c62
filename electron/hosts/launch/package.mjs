// @ts-check
// `npm run package`: builds and makes the installers of this platform (electron-builder.yml). `-- --dir` makes only the
// unpacked program; other arguments go to electron-builder as they are.
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { endRunning, onStopSignal, run } from './child.mjs';
import { electronBinary, fetchElectron } from './electron-binary.mjs';
import { ensureInstalled } from './install.mjs';
import { ROOT, node24 } from './paths.mjs';

/** @param {string} line */
const log = (line) => console.log(`guardroom: ${line}`);
const stop = () => void endRunning().then(() => process.exit(130));
onStopSignal(stop, stop);

try {
  await ensureInstalled({ log });
  await ensureBuilt({ log, force: true });
  if ((await run(node24(), [join(ROOT, 'resources', 'tools', 'notices.mjs')], { cwd: ROOT })) !== 0)
    throw new Error('the third-party notices could not be written');
  if (!electronBinary() && !(await fetchElectron({ log, insist: true })))
    throw new Error(
      "Electron's binary is not installed and could not be fetched: an installer cannot be made here",
    );
  const builder = join(ROOT, 'node_modules', 'electron-builder', 'cli.js');
  const platform = process.platform === 'win32' ? '--win' : '--linux';
  const args = [builder, platform, '--publish', 'never', ...process.argv.slice(2)];
  process.exitCode = (await run(node24(), args, { cwd: ROOT })) ?? 1;
} catch (error) {
  console.error(`guardroom: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
