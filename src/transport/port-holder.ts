import { readFile, readdir, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** Who holds a port, or the path of a Unix socket. */
export interface PortHolder {
  readonly pid: number;
  /** How it was started, shortened. */
  readonly command: string;
}

/** `0A` in `/proc/net/tcp` is the state LISTEN; UDP sockets that are bound show `07`. */
const holdingStates: Readonly<Record<'tcp' | 'udp', string>> = { tcp: '0A', udp: '07' };

/** The flag of a Unix socket that accepts connections, `__SO_ACCEPTCON`. */
const listeningFlag = '00010000';

async function findInodes(protocol: 'tcp' | 'udp', port: number): Promise<Set<string>> {
  const inodes = new Set<string>();
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  for (const file of [protocol, `${protocol}6`]) {
    const table = await readFile(`/proc/net/${file}`, 'utf8').catch(() => '');
    for (const row of table.split('\n').slice(1)) {
      const fields = row.trim().split(/\s+/);
      if (
        fields[1]?.endsWith(`:${hexadecimal}`) === true &&
        fields[3] === holdingStates[protocol]
      ) {
        inodes.add(`socket:[${fields[9]}]`);
      }
    }
  }
  return inodes;
}

/** Our own entries, which Node runs; the words after them are those that were typed. */
const ownEntry = /\/cli\/(main|sioux)\.[jt]s$/;

/** A command line as people know it: the program's name without its folder, and its first words. */
export function shortenCommand(line: string): string {
  const words = line.split('\0').filter((word) => word !== '');
  const entry = words.findIndex((word) => ownEntry.test(word));
  const program = words.splice(0, Math.max(1, entry + 1)).at(-1) ?? '';
  const name = ownEntry.exec(program)?.[1]?.replace('main', 'guichet') ?? basename(program);
  const text = [name, ...words].join(' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text || '?';
}

async function holdsAny(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  // A process that ends meanwhile, or that is somebody else's, has nothing to show.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(
    descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')),
  );
  return links.some((link) => inodes.has(link));
}

/** The first process found with one of these sockets. */
async function findProcess(inodes: ReadonlySet<string>): Promise<PortHolder | undefined> {
  if (inodes.size === 0) return undefined;
  const entries = await readdir('/proc').catch(() => []);
  for (const entry of entries) {
    if (!/^\d+$/.test(entry) || !(await holdsAny(entry, inodes))) continue;
    const line = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    return { pid: Number(entry), command: shortenCommand(line) };
  }
  return undefined;
}

/**
 * Who holds a port on this machine, where the system tells: on Linux, for processes one may look into.
 */
export async function findPortHolder(
  protocol: 'tcp' | 'udp',
  port: number,
): Promise<PortHolder | undefined> {
  return findProcess(await findInodes(protocol, port));
}

/** As {@link findPortHolder}, of the path of a Unix socket that somebody listens on. */
export async function findPathHolder(path: string): Promise<PortHolder | undefined> {
  const table = await readFile('/proc/net/unix', 'utf8').catch(() => '');
  const inodes = new Set<string>();
  for (const row of table.split('\n').slice(1)) {
    // Num, RefCount, Protocol, Flags, Type, St, Inode, Path; the path may hold spaces.
    const fields = /^\S+ \S+ \S+ (\S+) \S+ \S+ +(\d+) (.*)$/.exec(row);
    if (fields?.[1] === listeningFlag && fields[3] === path) inodes.add(`socket:[${fields[2]}]`);
  }
  return findProcess(inodes);
}
