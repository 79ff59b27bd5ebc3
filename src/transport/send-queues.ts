import { readFile } from 'node:fs/promises';
import type { Connection } from './contract.ts';

/** What tells a connection apart from all others of this machine. */
type Ends = Pick<Connection<unknown>, 'local' | 'remote' | 'transport'>;

/** A row of `/proc/net/tcp`: the ports of both ends, the state ESTABLISHED, what is queued to be sent. */
const row = /^ *\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) 01 ([\dA-F]{8}):/gm;

/**
 * How much of what was written to TCP connections their peers have not yet acknowledged, where the system
 * tells (Linux). The system takes megabytes at once, and no more before a third of them has left: only here
 * is it seen that a slow reader goes on reading meanwhile.
 */
export class SendQueues {
  readonly #interval: number;
  #bytes: ReadonlyMap<string, number> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  #isReading = false;

  /** @param interval milliseconds from one reading to the next, at least: it costs more the more connections there are. */
  constructor(interval: number) {
    this.#interval = interval;
  }

  /** Bytes as of the last reading, which this asks for anew; `undefined` when they are not known. */
  find({ local, remote, transport }: Ends): number | undefined {
    if (transport !== 'tcp' && transport !== 'tls') return undefined;
    this.#refresh();
    return this.#bytes.get(`${local.port} ${remote.port}`);
  }

  #refresh(): void {
    if (this.#isReading || performance.now() - this.#readAt < this.#interval) return;
    this.#isReading = true;
    // Neither file is there elsewhere than on Linux.
    const tables = ['tcp', 'tcp6'].map((name) =>
      readFile(`/proc/net/${name}`, 'latin1').catch(() => ''),
    );
    void Promise.all(tables).then((texts) => {
      this.#bytes = readTables(texts);
      this.#readAt = performance.now();
      this.#isReading = false;
    });
  }
}

/** What is queued, by the ports of both ends; of those that several connections have, nothing is known. */
function readTables(texts: readonly string[]): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  const ambiguous = new Set<string>();
  for (const text of texts) {
    for (const [, local = '', remote = '', queued = ''] of text.matchAll(row)) {
      const ends = `${Number.parseInt(local, 16)} ${Number.parseInt(remote, 16)}`;
      if (bytes.has(ends)) ambiguous.add(ends);
      bytes.set(ends, Number.parseInt(queued, 16));
    }
  }
  for (const ends of ambiguous) bytes.delete(ends);
  return bytes;
}
