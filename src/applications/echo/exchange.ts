import type { GuichetError } from '../../errors.ts';
import { diagnoseEcho } from './diagnosis.ts';
import type { EchoDiagnosis } from './diagnosis.ts';

/** Why no more of an answer came: its time was over, the peer's end of data, the loss of the connection. */
export type EchoStop = 'timeout' | 'end' | 'reset';

/** What became of one message sent to an echo server. */
export interface EchoResult extends EchoDiagnosis {
  /** What came back; of what is too many, the first 64 KiB. */
  readonly bytes: Uint8Array;
  /** Milliseconds from the first byte sent to the last one received. */
  readonly milliseconds: number;
  /** Why no more came, when less came than was sent. */
  readonly stoppedBy?: EchoStop;
}

/** Bytes too many that are kept to be shown; those beyond are not counted either. */
const maxExtraBytes = 65_536;

/** Bytes kept up to a limit. */
class Kept {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  add(bytes: Uint8Array): void {
    if (this.#length >= maxExtraBytes || bytes.length === 0) return;
    const kept = bytes.subarray(0, maxExtraBytes - this.#length);
    // A copy: the chunk may be a small part of much memory.
    this.#chunks.push(kept.slice());
    this.#length += kept.length;
  }

  join(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/** One message on its way there and back. */
export class Exchange {
  readonly #message: Uint8Array;
  readonly #answer: Buffer;
  readonly #extra = new Kept();
  readonly #done = Promise.withResolvers<EchoResult>();
  readonly #start = performance.now();
  readonly #timer: NodeJS.Timeout;
  #last = this.#start;
  #received = 0;
  #isOver = false;

  /** @param timeout milliseconds without progress after which the rest is given up. */
  constructor(message: Uint8Array, timeout: number) {
    this.#message = message;
    this.#answer = Buffer.allocUnsafe(message.length);
    this.#timer = setTimeout(() => this.stop('timeout'), timeout);
  }

  get result(): Promise<EchoResult> {
    return this.#done.promise;
  }

  /** Whether the result stands, so that what comes now is not part of it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  receive(bytes: Uint8Array): void {
    this.#last = performance.now();
    const room = this.#message.length - this.#received;
    const expected = bytes.length > room ? bytes.subarray(0, room) : bytes;
    this.#answer.set(expected, this.#received);
    this.#received += expected.length;
    this.#extra.add(bytes.subarray(expected.length));
    if (this.#received === this.#message.length) this.stop();
    else this.#timer.refresh();
  }

  /** Progress in sending is progress too: a long message is not given up while it is read. */
  touch(): void {
    this.#timer.refresh();
  }

  stop(stoppedBy?: EchoStop): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    const answer = this.#answer.subarray(0, this.#received);
    const extra = this.#extra.join();
    const bytes = extra.length === 0 ? answer : Buffer.concat([answer, extra]);
    const diagnosis = diagnoseEcho(this.#message, bytes);
    this.#done.resolve({
      ...diagnosis,
      bytes,
      milliseconds: this.#last - this.#start,
      ...(stoppedBy !== undefined && diagnosis.missing > 0 && { stoppedBy }),
    });
  }

  fail(error: GuichetError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#done.reject(error);
  }
}

/** What the clients of streams and of datagrams share: whose turn it is, and what came when nobody's. */
export class Turns {
  readonly #timeout: number;
  readonly #stray = new Kept();
  #exchange: Exchange | undefined;

  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** The exchange that is waiting for bytes. */
  get exchange(): Exchange | undefined {
    return this.#exchange?.isOver === false ? this.#exchange : undefined;
  }

  begin(message: Uint8Array): Exchange {
    if (this.exchange !== undefined) {
      throw new TypeError('an exchange is going on: await it before the next');
    }
    this.#exchange = new Exchange(message, this.#timeout);
    return this.#exchange;
  }

  receive(bytes: Uint8Array): void {
    const { exchange } = this;
    if (exchange === undefined) this.#stray.add(bytes);
    else exchange.receive(bytes);
  }

  /** What came while no exchange waited for it. */
  get stray(): Uint8Array {
    return this.#stray.join();
  }
}
