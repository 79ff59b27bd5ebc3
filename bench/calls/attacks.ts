import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** What one hostile client does, over and over, on a connection of its own. */
export interface Attack {
  readonly name: string;
  /** What is sent at once, and again whenever all of it has left. */
  readonly messages: readonly (string | Buffer)[];
  /** Whether it reads what it is answered. */
  readonly reads: boolean;
}

function evaluate(id: number, expression: string): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'calculator.evaluate',
    params: { expression },
  });
}

const expressions: readonly string[] = [
  '9^9^9^9',
  'ln(2)^9999',
  'sin(1e9000)',
  `${'('.repeat(100_000)}1${')'.repeat(100_000)}`,
  `${'('.repeat(2_000)}1${')'.repeat(2_000)}`,
  '9'.repeat(1_000_000),
  '9'.repeat(4_000),
];

const batch = Array.from({ length: 1_000 }, (_, id) => evaluate(id, 'ln(2)^9999'));

/** Every way there is to be a nuisance to a server of calls. */
export const attacks: readonly Attack[] = [
  {
    name: 'expressions',
    messages: expressions.map((expression, id) => `${evaluate(id, expression)}\n`),
    reads: true,
  },
  { name: 'giant batches', messages: [`[${batch.join(',')}]\n`], reads: true },
  { name: 'a batch of 400,000', messages: [`[${'1,'.repeat(400_000)}1]\n`], reads: true },
  {
    name: 'never reading',
    messages: Array.from({ length: 100 }, (_, id) => `${evaluate(id, '2+2')}\n`),
    reads: false,
  },
  {
    name: 'an unfinished frame',
    messages: ['{"jsonrpc":"2.0","id":1,'.repeat(1_000)],
    reads: true,
  },
  {
    name: 'garbage',
    messages: [Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 7_919) % 251))],
    reads: true,
  },
];

/** Milliseconds until a connection that the server dropped is made anew. */
const pause = 20;

/**
 * Attacks the calculator's service that listens on a port of this machine, in every way at once, each
 * with so many rounds of its messages a second at most.
 */
export class HostileClient {
  readonly #port: number;
  readonly #interval: number;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isOver = false;
  /** Rounds of messages that were sent, of each attack. */
  readonly rounds: Map<string, number> = new Map();

  constructor(port: number, roundsPerSecond: number) {
    this.#port = port;
    this.#interval = 1_000 / roundsPerSecond;
    for (const attack of attacks) this.#open(attack);
  }

  stop(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(attack: Attack): void {
    if (this.#isOver) return;
    const socket = connect(this.#port, '127.0.0.1');
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    if (attack.reads) socket.resume();
    socket.once('connect', () => this.#send(attack, socket));
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#wait(pause, () => this.#open(attack));
    });
  }

  #send(attack: Attack, socket: Socket): void {
    if (socket.destroyed) return;
    this.rounds.set(attack.name, (this.rounds.get(attack.name) ?? 0) + 1);
    let isFree = true;
    for (const message of attack.messages) isFree = socket.write(message);
    const again = (): void => this.#wait(this.#interval, () => this.#send(attack, socket));
    if (isFree) again();
    else socket.once('drain', again);
  }

  #wait(milliseconds: number, next: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      next();
    }, milliseconds);
    this.#timers.add(timer);
  }
}
