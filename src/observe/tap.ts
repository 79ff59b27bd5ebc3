/** Seen from the process that publishes: `in` came from the peer, `out` goes to it. */
export type Direction = 'in' | 'out';

interface EventBase {
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly time: number;
  /** The connection, or the datagram socket, the event belongs to: unique in the process. */
  readonly connection: number;
  /** The peer, where the connection alone does not tell: on a datagram socket, which may have many. */
  readonly remote?: string;
}

/** A connection opened, or a datagram socket was bound. */
export interface OpenEvent extends EventBase {
  readonly layer: 'transport';
  readonly kind: 'open';
  readonly side: 'server' | 'client';
  /** `tcp`, `tls`, `unix`, `memory` or `udp`. */
  readonly transport: string;
  readonly local: string;
  /** Empty for a datagram socket that has no one peer. */
  readonly remote: string;
}

/** One chunk as the transport delivered or accepted it; on UDP, one datagram. */
export interface BytesEvent extends EventBase {
  readonly layer: 'transport';
  readonly kind: 'bytes';
  readonly direction: Direction;
  /** How many bytes of this direction went before; on UDP always 0. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** One direction reached its end of data. */
export interface EndEvent extends EventBase {
  readonly layer: 'transport';
  readonly kind: 'end';
  readonly direction: Direction;
}

/** A connection is over, and why. */
export interface CloseEvent extends EventBase {
  readonly layer: 'transport';
  readonly kind: 'close';
  /** The code of the close reason: `ended`, `reset`, `idle`… */
  readonly reason: string;
}

/** One whole frame; `offset` and `length` place it, header and all, in the direction's bytes. */
export interface FrameEvent extends EventBase {
  readonly layer: 'framing';
  readonly kind: 'frame';
  readonly direction: Direction;
  /** Links the events of one message in every layer above transport. */
  readonly message: number;
  /** `chunk`, `line`, `length` or `datagram`. */
  readonly framing: string;
  readonly offset: number;
  readonly length: number;
  /** The payload alone. */
  readonly bytes: Uint8Array;
}

/** One value, decoded or about to be encoded. */
export interface ValueEvent extends EventBase {
  readonly layer: 'presentation';
  readonly kind: 'value';
  readonly direction: Direction;
  readonly message: number;
  readonly codec: string;
  readonly value: unknown;
}

/** A layer refused what it was given. */
export interface ErrorEvent extends EventBase {
  readonly layer: 'transport' | 'framing' | 'presentation' | 'service';
  readonly kind: 'error';
  readonly direction: Direction;
  readonly message?: number;
  readonly code: string;
  /** The English text. */
  readonly text: string;
  /** The values the text was made of, for whoever shows it in another language. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** One step of a call: asked, answered, failed, notified, cancelled. */
export interface CallEvent extends EventBase {
  readonly layer: 'service';
  readonly kind: 'call';
  readonly direction: Direction;
  readonly message: number;
  readonly step: 'request' | 'notification' | 'result' | 'error' | 'cancel' | 'item';
  /** Empty where the message does not name it. */
  readonly method: string;
  readonly id?: string | number | null;
}

/** Whatever passed through a layer. */
export type TapEvent =
  | OpenEvent
  | BytesEvent
  | EndEvent
  | CloseEvent
  | FrameEvent
  | ValueEvent
  | ErrorEvent
  | CallEvent;

/** Called once an event, in the order of publication; the bytes may be reused after it returns. */
export type TapListener = (event: TapEvent) => void;

/**
 * Where every layer says what passes through it, and whoever wants to know listens. A layer asks
 * {@link Tap.active} before it builds an event, so that a tap nobody listens to costs one test of a
 * field.
 *
 * A listener that throws is unsubscribed, and its error goes to `onListenerError`: a reader's mistake
 * never reaches the connection it watches.
 *
 * @example
 * ```ts
 * import { tap } from 'guichet/observe';
 * import { listen, openStream } from 'guichet/transport';
 * let seen = 0;
 * using watching = tap.subscribe((event) => { if (event.kind === 'bytes') seen += event.bytes.length; });
 * await using listener = await listen('memory://tap-example', { data: (connection, bytes) => connection.write(bytes) });
 * await using stream = await openStream(listener.endpoint);
 * await stream.write(new Uint8Array(3));
 * await stream.read();
 * if (seen !== 12) throw new Error(`out and in, at both ends: ${seen}`);
 * ```
 */
export class Tap {
  /** Whether anybody listens. Layers read it; {@link Tap.subscribe} writes it. */
  active = false;
  /** Told of a listener that threw; by default the error is thrown from a microtask of its own. */
  onListenerError: (error: unknown) => void = (error) => {
    queueMicrotask(() => {
      throw error;
    });
  };
  #listeners: readonly TapListener[] = [];
  #lastMessage = 0;

  /** Adds a listener until the returned object is disposed of. */
  subscribe(listener: TapListener): Disposable {
    this.#listeners = [...this.#listeners, listener];
    this.active = true;
    return { [Symbol.dispose]: () => this.#remove(listener) };
  }

  /** Hands an event to every listener. Layers call it only when {@link Tap.active}. */
  publish(event: TapEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#remove(listener);
        this.onListenerError(error);
      }
    }
  }

  /** A number for a message, unique in the process, that links its events. */
  nextMessage(): number {
    return ++this.#lastMessage;
  }

  /** The time to put on an event: milliseconds since the Unix epoch, with fractions. */
  now(): number {
    return performance.timeOrigin + performance.now();
  }

  #remove(listener: TapListener): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener);
    this.active = this.#listeners.length > 0;
  }
}

/** The tap of this process, which all layers publish to. */
export const tap: Tap = new Tap();
