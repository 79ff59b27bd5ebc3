/** What the benchmarks share: CPU time of a piece of work, and tables. */

const runs = 5;

/** The middle one of the numbers. */
export function findMedian(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((first, second) => first - second);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/**
 * The CPU time, in nanoseconds, of one of the operations that `work` does and counts: the median of
 * 5 runs of at least `milliseconds` each, after one that is not counted.
 */
export function measureCpu(work: () => number, milliseconds = 100): number {
  runFor(work, milliseconds);
  return findMedian(Array.from({ length: runs }, () => runFor(work, milliseconds)));
}

function runFor(work: () => number, milliseconds: number): number {
  const before = process.cpuUsage();
  let operations = 0;
  let microseconds = 0;
  while (microseconds < milliseconds * 1000) {
    operations += work();
    const { user, system } = process.cpuUsage(before);
    microseconds = user + system;
  }
  return (microseconds * 1000) / operations;
}

/** Prints rows under their headings: the first column to the left, the others, numbers, to the right. */
export function printTable(title: string, rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  console.log(`\n${title}`);
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(cells.join('  '));
  }
}
