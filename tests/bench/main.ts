import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchTable, targetMet, type Bench, type BenchRow } from './report.ts';

/** Runs the benches of this folder one after another and prints what they measured. A missed target is shown, not failed. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const names = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && !['main.ts', 'report.ts'].includes(file))
    .map((file) => file.slice(0, -'.ts'.length))
    .filter((name) => values.only === undefined || name === values.only)
    .sort();
  console.log(
    `${cpus()[0]?.model ?? 'CPU'} x ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  const rows: BenchRow[] = [];
  const failed: string[] = [];
  for (const name of names) {
    const { run } = (await import(`./${name}.ts`)) as { run?: Bench };
    if (!run) continue; // a helper of other benches
    console.log(`\n${name}`);
    try {
      const measured = await run();
      rows.push(...measured);
      console.log(benchTable(measured));
    } catch (error) {
      failed.push(name);
      console.error(error);
    }
  }
  if (rows.length === 0) console.log(values.only ? `no bench is named ${values.only}` : 'no bench ran');
  const missed = rows.filter((row) => targetMet(row) === false);
  if (missed.length > 0) console.log(`\ntargets missed: ${missed.map((row) => row.name).join('; ')}`);
  if (failed.length > 0) console.log(`\nbenches that failed: ${failed.join(', ')}`);
  return failed.length > 0 || rows.length === 0 ? 1 : 0;
}

process.exitCode = await main();
