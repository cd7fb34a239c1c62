import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { endTree, exitCodeOf } from '#hosts/launch/tree.mjs';

/** A parent that starts a child that ignores SIGTERM, and prints the child's pid; deaf: so does the parent. */
const family = (deaf: boolean): ChildProcess => {
  const stubborn =
    "process.on('SIGTERM',()=>{});process.on('message',()=>{});setInterval(()=>{},1e6);process.send?.('up')";
  const parent = `const c=require('child_process').spawn(process.execPath,['-e',${JSON.stringify(stubborn)}],{stdio:['ignore','ignore','ignore','ipc']});
    c.once('message',()=>console.log(c.pid));${deaf ? "process.on('SIGTERM',()=>{});" : ''}process.on('message',(m)=>{${deaf ? '' : "if(m.type==='stop')process.exit(0)"}});`;
  return spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], detached: process.platform !== 'win32' }); // prettier-ignore
};

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    const stat = `/proc/${pid}/stat`; // Linux: a killed process that nobody has reaped yet still has a pid
    return !existsSync(stat) || !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
};

async function pidOfChild(parent: ChildProcess): Promise<number> {
  const lines = createInterface({ input: parent.stdout! });
  const [line] = (await once(lines, 'line')) as [string];
  return Number(line);
}

describe('ending a tree of processes', () => {
  it.each([
    ['a parent that ends when asked but leaves a child', false, 60_000],
    ['a parent and a child that do not listen', true, 50],
  ])('leaves nobody behind: %s', async (_, deaf, deadlineMs) => {
    const parent = family(deaf);
    const child = await pidOfChild(parent);
    expect(alive(child)).toBe(true);
    await endTree(parent, deadlineMs);
    await expect.poll(() => alive(child), { timeout: 10_000 }).toBe(false);
    expect(alive(parent.pid!)).toBe(false);
  });

  it('passes exit codes on, and signals as shells do', () => {
    expect(exitCodeOf(3, null, constants.signals)).toBe(3);
    expect(exitCodeOf(null, 'SIGKILL', constants.signals)).toBe(137);
  });
});
