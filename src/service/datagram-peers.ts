import { isDeepStrictEqual } from 'node:util';
import type { ValueConnection } from '../presentation/index.ts';
import { formatAddress } from '../transport/index.ts';
import type { Dispatcher } from './dispatcher.ts';
import { Peer } from './peer.ts';
import { weigh } from './weigh.ts';
import { isRecord, isRequestId } from './wire.ts';
import type { RequestId, ResponseMessage } from './wire.ts';

/** How much is remembered of peers without connections. */
export interface DatagramMemoryOptions {
  /** Peers remembered at a time; the longest silent is forgotten first. Default 4,096. */
  readonly maxPeers?: number;
  /** Answers remembered of each, to be repeated rather than worked out again. Default 256. */
  readonly maxAnswers?: number;
  /** Bytes of all those answers, about; those of the longest silent go first. Default 64 MiB. */
  readonly maxAnswerBytes?: number;
  /** Milliseconds of silence after which a peer is forgotten. Default 60,000. */
  readonly peerTime?: number;
}

/** The finite defaults of {@link DatagramMemoryOptions}. */
export const datagramMemoryDefaults = {
  maxPeers: 4_096,
  maxAnswers: 256,
  maxAnswerBytes: 67_108_864,
  peerTime: 60_000,
} as const;

interface Answered {
  readonly request: unknown;
  answer: ResponseMessage | undefined;
}

interface Remembered {
  readonly peer: Peer;
  /** The requests by id, and the answers given; `undefined` while the work goes on. */
  readonly answers: Map<RequestId, Answered>;
  /** Bytes of the answers, about; those dropped since are still counted. */
  weight: number;
  lastHeard: number;
}

/**
 * Who has called over datagrams lately. A request that comes again, because it or its answer was lost, is
 * not carried out again: its answer is repeated once there is one (at-most-once, after Birrell and
 * Nelson, "Implementing Remote Procedure Calls", 1984).
 */
export class DatagramPeers {
  readonly #dispatcher: Dispatcher;
  readonly #options: Required<DatagramMemoryOptions>;
  readonly #remembered = new Map<string, Remembered>();
  #bytes = 0;

  constructor(dispatcher: Dispatcher, options: DatagramMemoryOptions = {}) {
    this.#dispatcher = dispatcher;
    this.#options = { ...datagramMemoryDefaults, ...options };
  }

  /** Calls being carried out for anybody. */
  get callsInFlight(): number {
    let total = 0;
    for (const { peer } of this.#remembered.values()) total += peer.callsInFlight;
    return total;
  }

  receive(
    connection: ValueConnection<Peer>,
    value: unknown,
    length: number,
    message: number,
  ): void {
    const remembered = this.#recall(connection);
    const { peer, answers } = remembered;
    const id = isRecord(value) && value['method'] !== undefined ? value['id'] : undefined;
    if (id === undefined || !isRequestId(id) || id === null) {
      peer.receive(value, length, message);
      return;
    }
    const known = answers.get(id);
    // Another request under the id of one that was answered is no repetition: simple clients count nothing.
    if (known !== undefined && isDeepStrictEqual(known.request, value)) {
      if (known.answer !== undefined) peer.repeat(known.answer);
      return;
    }
    if (known !== undefined && known.answer === undefined) {
      peer.receive(value, length, message);
      return;
    }
    const answered: Answered = { request: value, answer: undefined };
    answers.delete(id);
    answers.set(id, answered);
    if (answers.size > this.#options.maxAnswers) {
      const [oldest] = answers.keys();
      if (oldest !== undefined) answers.delete(oldest);
    }
    peer.receive(value, length, message, (answer) => {
      answered.answer = answer;
      peer.repeat(answer);
      this.#charge(remembered, weigh(answer) + length);
    });
  }

  #recall(connection: ValueConnection<Peer>): Remembered {
    const name = formatAddress(connection.remote);
    const now = performance.now();
    let remembered = this.#remembered.get(name);
    if (remembered === undefined) {
      const peer = new Peer(connection, this.#dispatcher);
      remembered = { peer, answers: new Map(), weight: 0, lastHeard: now };
    } else {
      this.#remembered.delete(name);
    }
    remembered.lastHeard = now;
    // Set anew, it stands last: the first in the map is the longest silent.
    this.#remembered.set(name, remembered);
    for (const [other, { lastHeard, peer }] of this.#remembered) {
      const isStale = lastHeard + this.#options.peerTime < now && peer.callsInFlight === 0;
      if (!isStale && this.#remembered.size <= this.#options.maxPeers) break;
      this.#forget(other);
    }
    return remembered;
  }

  #charge(remembered: Remembered, bytes: number): void {
    if (!this.#isKnown(remembered)) return;
    remembered.weight += bytes;
    this.#bytes += bytes;
    for (const name of this.#remembered.keys()) {
      if (this.#bytes <= this.#options.maxAnswerBytes) break;
      this.#forget(name);
    }
  }

  #isKnown(remembered: Remembered): boolean {
    return this.#remembered.get(formatAddress(remembered.peer.remote)) === remembered;
  }

  #forget(name: string): void {
    this.#bytes -= this.#remembered.get(name)?.weight ?? 0;
    this.#remembered.delete(name);
  }
}
