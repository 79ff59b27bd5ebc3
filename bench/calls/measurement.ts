import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AttackReport, LoadReport } from './side.ts';

const side = join(import.meta.dirname, 'side.ts');

function startSide(core: number, niceness: number, args: readonly string[]): ChildProcess {
  const words = [
    '-c',
    String(core),
    'nice',
    '-n',
    String(niceness),
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    side,
  ];
  return spawn('taskset', [...words, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** The next line a process prints. */
function nextLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const { stdout } = child;
    const listen = (chunk: Buffer): void => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end === -1) return;
      stdout?.off('data', listen);
      resolve(text.slice(0, end));
    };
    stdout?.on('data', listen);
    child.once('exit', (code) => reject(new Error(`a side of the benchmark ended with ${code}`)));
  });
}

/** Ends a side by the end of its stdin, so that it ends what it started itself. */
async function endSide(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
  child.stdin?.end();
  await ended;
  clearTimeout(timer);
}

/**
 * The attacker yields to the clients that measure, with whom it shares a core: what it takes of their
 * time is no fault of the server's. That it attacks no less is to be seen from the rounds it reports.
 */
const attackerNiceness = 19;

/**
 * One measurement: the server on the first core, its clients on the second.
 *
 * @param onAttack told what a hostile client did meanwhile; without it there is none.
 */
export async function measure(
  name: string,
  flight: number,
  connections: number,
  options: readonly string[] = [],
  onAttack?: (report: AttackReport) => void,
): Promise<LoadReport> {
  const sides: ChildProcess[] = [];
  const start = (core: number, args: readonly string[], niceness = 0): ChildProcess => {
    const child = startSide(core, niceness, args);
    sides.push(child);
    return child;
  };
  try {
    const place = await nextLine(start(0, ['serve', name]));
    const attacker =
      onAttack === undefined ? undefined : start(1, ['attack', name, place], attackerNiceness);
    if (attacker !== undefined) await nextLine(attacker);
    const shape = [`--flight=${flight}`, `--connections=${connections}`];
    const load = start(1, ['load', name, place, ...shape, ...options]);
    const report = JSON.parse(await nextLine(load)) as LoadReport;
    if (attacker !== undefined) {
      attacker.stdin?.end();
      onAttack?.(JSON.parse(await nextLine(attacker)) as AttackReport);
    }
    return report;
  } finally {
    await Promise.all(sides.map(endSide));
  }
}
