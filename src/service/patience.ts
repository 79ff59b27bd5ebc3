import type { Listening } from './listening.ts';

/** Milliseconds over which offences are counted. */
const period = 1_000;

/** What a peer may offend in one period: small offences count 1, and each kibibyte of them 1 more. */
const mostOffences = 64;

/**
 * How long a peer is not read from that keeps sending what has to be refused: garbage, batches too long,
 * more calls than it may have in flight. Refusing costs work too, and those who ask for it by the
 * thousand must not have it at the expense of the others.
 */
export class Patience {
  readonly #listening: Listening;
  #start = Number.NEGATIVE_INFINITY;
  #offences = 0;
  #penalty: NodeJS.Timeout | undefined;

  constructor(listening: Listening) {
    this.#listening = listening;
  }

  /** Something of so many bytes was refused: a peer that makes a habit of it is not read for a while. */
  offend(bytes: number): void {
    const now = performance.now();
    if (now - this.#start > period) {
      this.#start = now;
      this.#offences = 0;
    }
    this.#offences += 1 + Math.floor(bytes / 1_024);
    if (this.#offences <= mostOffences || this.#penalty !== undefined) return;
    this.#listening.stop('penalty');
    this.#penalty = setTimeout(
      () => {
        this.#penalty = undefined;
        this.#listening.resume('penalty');
      },
      this.#start + period - now,
    );
  }

  /** The connection is over. */
  end(): void {
    clearTimeout(this.#penalty);
  }
}
