import { readdirSync, readFileSync } from 'node:fs';

/** Seconds of processor time that a process has used, all threads, from the kernel's nanosecond counters (Linux). */
export function cpuSecondsOf(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, thread) => {
      const [used] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
      return sum + Number(used) / 1e9;
    }, 0);
  } catch {
    return 0;
  }
}

/** Processes that `parent` started and that still run, by name as /proc tells it (at most 15 characters). */
export function childrenOf(parent: number, name: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        const parts = /^\d+ \((.*)\) \S (\d+)/.exec(stat);
        return parts?.[1] === name && Number(parts[2]) === parent;
      } catch {
        return false;
      }
    });
}
