import type { Connection, SendQueues } from '../../transport/index.ts';

/** Sees whether the peer takes what the system holds for it: asked at each tick while nothing else tells. */
export class QueueWatch {
  readonly #connection: Connection<unknown>;
  readonly #queues: SendQueues;
  #queued: number | undefined;

  constructor(connection: Connection<unknown>, queues: SendQueues) {
    this.#connection = connection;
    this.#queues = queues;
  }

  /** Whether less is queued than when this was asked last; false where the system does not tell. */
  hasShrunk(): boolean {
    const queued = this.#queues.find(this.#connection);
    const before = this.#queued;
    this.#queued = queued;
    return queued !== undefined && before !== undefined && queued < before;
  }
}

/** Sees whether a client takes what is sent to it, however slowly. */
export class StallWatch {
  readonly #connection: Connection<unknown>;
  readonly #queue: QueueWatch;
  readonly #patience: number;
  /** No number of bytes at first: the first look is never at a stall. */
  #sent = -1;
  #lastProgress = 0;

  /** @param patience milliseconds without progress after which the system's queue is looked at too. */
  constructor(connection: Connection<unknown>, queues: SendQueues, patience: number) {
    this.#connection = connection;
    this.#queue = new QueueWatch(connection, queues);
    this.#patience = patience;
  }

  /** Milliseconds for which bytes have been waiting without one being taken; 0 when none waits. */
  look(now: number): number {
    const { bytesWritten, unsentBytes } = this.#connection;
    // What was sent is what was written but for what is still here.
    const sent = bytesWritten - unsentBytes;
    const isProgress =
      unsentBytes === 0 ||
      sent !== this.#sent ||
      (now - this.#lastProgress > this.#patience && this.#queue.hasShrunk());
    this.#sent = sent;
    if (isProgress) this.#lastProgress = now;
    return now - this.#lastProgress;
  }
}
