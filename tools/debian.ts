import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A Debian package the tests need, and the file that shows it is there. */
interface DebianPackage {
  readonly name: string;
  /** A program looked for on PATH, or, when it holds a slash, a file or folder. */
  readonly probe: string;
}

/** What Debian calls this kind of machine. */
const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** Everything the tests use that npm cannot install. Extend it here and nowhere else. */
export const debianPackages: readonly DebianPackage[] = [
  { name: 'apache2-utils', probe: 'ab' },
  { name: 'curl', probe: 'curl' },
  { name: 'gcc', probe: 'gcc' },
  { name: 'libc6-dev', probe: '/usr/include/stdio.h' },
  { name: 'libnss3', probe: `/usr/lib/${machine}-linux-gnu/libnss3.so` },
  { name: 'netcat-openbsd', probe: 'nc.openbsd' },
  { name: 'procps', probe: 'ps' },
  { name: 'python3', probe: '/usr/bin/python3' },
  { name: 'python3-cbor2', probe: '/usr/lib/python3/dist-packages/cbor2' },
  { name: 'socat', probe: 'socat' },
  { name: 'telnet', probe: 'telnet' },
  { name: 'wrk', probe: 'wrk' },
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isPresent(probe: string): boolean {
  if (probe.includes('/')) return existsSync(probe);
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => isExecutable(join(folder, probe)));
}

function findMissing(packages: readonly DebianPackage[]): readonly string[] {
  return packages.filter(({ probe }) => !isPresent(probe)).map(({ name }) => name);
}

/** Runs one quiet apt-get; answers what went wrong, or nothing. */
function runAptGet(...parameters: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync(
    'apt-get',
    ['-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3', ...parameters],
    {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: 180_000,
    },
  );
  if (status === 0) return undefined;
  return error?.message ?? stderr.trim().split('\n').at(-1) ?? `exit status ${status}`;
}

/**
 * Makes sure that the machine has what the tests need, by installing it when this runs as root. Costs
 * a few file look-ups when all is there.
 * @returns one line that says what to do when something is still missing, else nothing.
 */
export function ensureDebianPackages(
  packages: readonly DebianPackage[] = debianPackages,
  isRoot = process.getuid?.() === 0,
): string | undefined {
  const missing = findMissing(packages);
  if (missing.length === 0) return undefined;
  const advice = `run as root: apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (!isRoot) return `the tests need programs that are not here; ${advice}`;
  const failure =
    runAptGet('update') ?? runAptGet('install', '-y', '--no-install-recommends', ...missing);
  if (failure !== undefined) return `apt-get failed (${failure}); ${advice}`;
  const stillMissing = packages.filter(({ probe }) => !isPresent(probe));
  if (stillMissing.length === 0) return undefined;
  const [first] = stillMissing;
  return `apt-get installed ${first?.name}, yet there is no ${first?.probe}: look at PATH`;
}
