import { execFile } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The longest one check may take, in milliseconds. */
const deadline = 120_000;

/** One thing the sources are held to, and the command that says so. */
interface Check {
  readonly name: string;
  /** A script and its parameters, run by this Node. */
  readonly command: readonly string[];
}

/** How a check went; `output` is empty when it passed. */
export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string;
  readonly milliseconds: number;
}

function program(name: string): string {
  return join(root, 'node_modules', '.bin', name);
}

const checks: readonly Check[] = [
  { name: 'types', command: [program('tsc'), '--noEmit', '--pretty', 'false'] },
  { name: 'lint', command: [program('oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'format', command: [program('oxfmt'), '--check'] },
  { name: 'layers', command: [join(root, 'tools', 'layers.ts')] },
];

function runCheck({ name, command }: Check): Promise<CheckResult> {
  const start = performance.now();
  const options = { cwd: root, timeout: deadline, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, options, (error, stdout, stderr) => {
      const output = error === null ? '' : `${stdout}${stderr}`.trim() || error.message;
      const milliseconds = performance.now() - start;
      resolve({ name, passed: error === null, output, milliseconds });
    });
    child.stdin?.end();
  });
}

/** Runs the checks of the sources side by side, and hands each over as it ends. */
export async function runChecks(report: (result: CheckResult) => void): Promise<boolean> {
  const results = await Promise.all(
    checks.map(async (check) => {
      const result = await runCheck(check);
      report(result);
      return result;
    }),
  );
  return results.every(({ passed }) => passed);
}

/** The line, or on failure the lines, that tell a person how a check went. */
export function formatCheck({ name, passed, output, milliseconds }: CheckResult): string {
  const seconds = (milliseconds / 1000).toFixed(1);
  return passed ? `✔ ${name} (${seconds} s)` : `✖ ${name} (${seconds} s)\n${output}\n`;
}

if (import.meta.main) {
  const passed = await runChecks((result) => console.log(formatCheck(result)));
  process.exitCode = passed ? 0 : 1;
}
