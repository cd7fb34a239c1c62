import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMALL_SITE, processesNaming, startNode, type HostProcess } from '#tests/peers/web-host.ts';
import { waitFor } from '#tests/peers/wait-for.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['electron', 'native', 'renderer', 'resources', 'package.json', 'package-lock.json', 'electron.vite.config.ts', 'tsconfig.json', 'tsconfig.node.json', 'tsconfig.web.json']; // prettier-ignore

// Ending it cleanly from a test takes a signal, which Windows does not have.
describe.skipIf(process.platform === 'win32')('npm start, in a copy that has never been built', () => {
  const copy = mkdtempSync(join(tmpdir(), 'guardroom-start-'));
  const running: HostProcess[] = [];
  beforeAll(() => {
    for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  });
  afterAll(async () => {
    for (const { child, ended } of running) {
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(copy, { recursive: true, force: true });
  });
  const start = (args: string[]): HostProcess => {
    const process = startNode(join(copy, 'electron/hosts/launch/start.mjs'), args, { cwd: copy, ipc: false });
    running.push(process);
    return process;
  };
  const usual = [
    '--host',
    'web',
    '--no-browser',
    '--port',
    '0',
    '--broker-port',
    '0',
    '--rtsp-port',
    '0',
    '--site',
    SMALL_SITE,
  ];
  const announced = /^guardroom: web host \((.+)\): (http:\S+) \((.+)\)$/m;

  it('builds, serves the built console, says so in one line, and stops without leaving a process', async () => {
    const first = start([...usual, '--data', join(copy, 'data')]);
    await waitFor('the address', () => announced.test(first.output()), 60_000);
    const [, why, url] = announced.exec(first.output()) ?? [];
    expect(why).toBe('asked for');
    expect(first.output()).toContain('building');
    expect(await (await fetch(url ?? '')).text()).toContain('id="app"');
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(processesNaming(copy)).toEqual([]);
  });

  it('does not build again', async () => {
    const second = start([...usual, '--data', join(copy, 'data')]);
    await waitFor('the address', () => announced.test(second.output()));
    expect(second.output()).not.toContain('building');
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(0);
    expect(processesNaming(copy)).toEqual([]);
  });

  it('ends when the npm that started it is killed, and so does the station', async () => {
    const script = join(copy, 'electron/hosts/launch/start.mjs');
    const args = JSON.stringify([script, ...usual, '--data', join(copy, 'data')]);
    const npm = `require('node:child_process').spawn(process.execPath, ${args}, { stdio: 'inherit', env: { ...process.env, npm_lifecycle_event: 'start' } })`;
    const shell = startNode('--eval', [npm], { cwd: copy, ipc: false });
    await waitFor('the address', () => announced.test(shell.output()));
    shell.child.kill('SIGKILL');
    await waitFor('the end of all processes', () => processesNaming(copy).length === 0);
    await shell.ended;
    expect(shell.output()).toContain('station stopped');
  });

  it('passes on the exit code of a host that refuses to run', async () => {
    const refused = start([...usual, '--data', join(copy, 'data'), '--site', join(copy, 'none.yaml')]);
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain('none.yaml');
  });

  it('lists its options, and refuses others with 2', async () => {
    const help = start(['--help']);
    expect(await help.ended).toBe(0);
    for (const option of ['--host', '--port', '--data', '--site', '--no-browser', '--log-level'])
      expect(help.output()).toContain(option);
    const odd = start(['--nonsense']);
    expect(await odd.ended).toBe(2);
    expect(odd.output()).toContain('--nonsense');
  });
});
