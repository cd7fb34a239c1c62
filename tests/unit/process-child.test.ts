import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { startChild } from '#native/process/child.ts';
import { findExecutable } from '#native/process/find-executable.ts';
import { runChild } from '#native/process/run-child.ts';
import { scrub } from '#native/process/scrub.ts';
import { textTail } from '#native/process/tail.ts';

const node = process.execPath;
const bounds = { timeoutMs: 20_000, maxOutputBytes: 1_000_000 };
const script = (code: string) => ({ label: 'node', command: node, args: ['-e', code] });

/** Whether it runs; an ended process that nobody has collected yet (a zombie) does not. */
function isAlive(pid: number): boolean {
  try {
    if (process.platform === 'linux') return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('runChild', () => {
  it('gives code, output and errors', async () => {
    const code =
      'process.stdin.on("data", d => process.stdout.write(d)); process.stdin.on("end", () => { console.error("why"); process.exitCode = 3 })';
    const result = await runChild({ ...script(code), ...bounds, input: '岗亭' });
    expect({ ...result, stdout: result.stdout.toString() }).toEqual({
      code: 3,
      stdout: '岗亭',
      stderr: 'why',
    });
  });

  it('says which command is missing', async () => {
    await expect(
      runChild({ label: 'speech', command: 'no-such-program-x', args: [], ...bounds }),
    ).rejects.toMatchObject({
      code: 'command_not_found',
      params: { label: 'speech', command: 'no-such-program-x' },
    });
  });

  it('refuses a file that is no program', async () => {
    if (process.platform === 'win32') return;
    const command = path.resolve('package.json');
    await expect(runChild({ label: 'x', command, args: [], ...bounds })).rejects.toMatchObject({
      code: 'not_executable',
    });
  });

  it('ends a child that takes too long', async () => {
    const running = runChild({ ...script('setInterval(() => {}, 1000)'), timeoutMs: 50, maxOutputBytes: 10 });
    await expect(running).rejects.toMatchObject({ code: 'timeout' });
  });

  it('ends a child that says too much', async () => {
    const running = runChild({
      ...script('setInterval(() => console.log("x".repeat(9999)), 1)'),
      timeoutMs: 20_000,
      maxOutputBytes: 100,
    });
    await expect(running).rejects.toMatchObject({ code: 'output_too_large' });
  });

  it('ends when it is aborted', async () => {
    const abort = new AbortController();
    const running = runChild({ ...script('setInterval(() => {}, 1000)'), ...bounds, signal: abort.signal });
    abort.abort();
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('startChild', () => {
  it('ends the whole tree, also one that ignores polite requests', async () => {
    const inner = 'process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1000)';
    const outer = `process.on("SIGTERM", () => {}); require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(inner)}], { stdio: "inherit" }); setInterval(() => {}, 1000)`;
    const child = startChild({ ...script(outer), stdout: 'pipe' });
    const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
    const innerPid = Number(chunk.toString());
    expect(isAlive(innerPid)).toBe(true);
    await Promise.all([child.stop(20), child.stop(20)]);
    await expect.poll(() => isAlive(innerPid)).toBe(false);
    expect(isAlive(child.pid)).toBe(false);
  });

  it('asks politely first: by signal or by the word that the program understands', async () => {
    const child = startChild({
      ...script(
        'process.on("SIGTERM", () => {}); process.stdin.on("data", d => process.exit(d.toString() === "q" ? 7 : 8)); console.log("up")',
      ),
      stdin: 'pipe',
      stdout: 'pipe',
      quit: 'q',
    });
    await once(child.stdout!, 'data');
    await child.stop(20_000);
    expect(await child.exited).toEqual({ code: 7, signal: null });
  });

  it('keeps the end of stderr without secrets', async () => {
    const child = startChild({
      ...script(
        'for (let i = 0; i < 3000; i++) console.error("line " + i); console.error("open rtsp://u:hunter%402@cam/1 hunter@2 failed")',
      ),
      secrets: ['hunter@2'],
    });
    await child.exited;
    expect(child.stderrTail().length).toBeLessThanOrEqual(8_192);
    expect(child.stderrTail().split('\n').at(-1)).toBe('open rtsp://***@cam/1 *** failed');
    await child.stop();
  });

  it('ends with its parent even if that is killed', async () => {
    if (process.platform === 'darwin' || (process.platform === 'linux' && !findExecutable('setpriv'))) return;
    const modulePath = new URL('../../native/process/child.ts', import.meta.url).href;
    const parentCode = `import { startChild } from ${JSON.stringify(modulePath)}; const c = startChild({ label: 'x', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] }); console.log(c.pid); setInterval(() => {}, 1000);`;
    const parent = startChild({
      label: 'parent',
      command: node,
      args: ['--input-type=module', '-e', parentCode],
      stdout: 'pipe',
    });
    const [chunk] = (await once(parent.stdout!, 'data')) as [Buffer];
    const innerPid = Number(chunk.toString());
    process.kill(parent.pid, 'SIGKILL');
    await parent.exited;
    await expect.poll(() => isAlive(innerPid), { timeout: 20_000 }).toBe(false);
    await parent.stop();
    // three processes, one after the other, on a machine that may be busy
  }, 30_000);
});

describe('scrub and tail', () => {
  it.each([
    ['Basic YWRtaW46c2VjcmV0 sent', ['admin:secret'], 'Basic *** sent'],
    ['rtsp://a:b@c@host/p and http://x/y', [], 'rtsp://***@host/p and http://x/y'],
    ['mail me at a@b.cn', [], 'mail me at a@b.cn'],
    ['pw p@ss p%40ss', ['p@ss'], 'pw *** ***'],
  ])('masks %s', (text, secrets, expected) => {
    expect(scrub(text, secrets)).toBe(expected);
  });

  it('finds a secret that arrives in two pieces', () => {
    const tail = textTail(100, ['hunter2']);
    tail.push('the hun');
    tail.push('ter2 is\nout\n');
    expect(tail.text()).toBe('the *** is\nout');
  });
});
