import { readFileSync, readdirSync } from 'node:fs';

/** What the system says of a process and of all that it has started. */

const ticksPerSecond = 100;

function findParents(): ReadonlyMap<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = readStat(Number(name));
    if (fields !== undefined) parents.set(Number(name), Number(fields[1]));
  }
  return parents;
}

/** The fields of /proc/PID/stat after the name; the process may have ended meanwhile. */
function readStat(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** A process and its descendants. */
export function findFamily(pid: number): readonly number[] {
  const parents = findParents();
  const family = [pid];
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  }
  return family;
}

/** Processor time that they have taken, in microseconds. */
export function readCpu(family: readonly number[]): number {
  const ticks = family.map((pid) => {
    const fields = readStat(pid);
    return Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0);
  });
  return (ticks.reduce((sum, each) => sum + each, 0) * 1e6) / ticksPerSecond;
}

/** Memory that they have for themselves, with their share of what they share, in KiB. */
export function readMemory(family: readonly number[]): number {
  const sizes = family.map((pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
      return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return sizes.reduce((sum, each) => sum + each, 0);
}
