import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { killUnderLoad } from '../test/support/gradebook-kills.ts';
import { printTable } from './measure.ts';

const kills = 200;

/** The whole run of what the tests do 50 times: SIGKILL under load, then every mark is looked for. */
export async function run(): Promise<void> {
  // Beside the repository, on a disk: what is in memory survives a kill too easily.
  const folder = mkdtempSync(join(import.meta.dirname, '..', 'node_modules', '.kills-'));
  try {
    const start = performance.now();
    const report = await killUnderLoad(folder, kills);
    const seconds = ((performance.now() - start) / 1_000).toFixed(0);
    printTable(`SIGKILL under load from 16 clients, ${seconds} s`, [
      ['', ''],
      ['kills', String(report.kills)],
      ['calls acknowledged', report.acknowledged.toLocaleString('en')],
      ['of them only when repeated', report.repeated.toLocaleString('en')],
      ['marks, each there exactly once', report.marks.toLocaleString('en')],
      ['batches there in part', '0'],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
