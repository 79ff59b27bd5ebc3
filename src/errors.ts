/** What a {@link GuichetError} carries besides its message. */
export interface GuichetErrorOptions {
  /** What led to this error. */
  readonly cause?: unknown;
  /** The values the message was made of, for whoever shows it in another language. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The root of every error Guichet throws on purpose: a message of one line in English that says what
 * to do, and a stable `code` that programs and translations rely on.
 *
 * @example
 * ```ts
 * import { GuichetError } from 'guichet';
 * import { parseEndpoint } from 'guichet/presentation';
 * try {
 *   parseEndpoint('jsn+tcp://127.0.0.1:7000');
 * } catch (error) {
 *   if (!(error instanceof GuichetError) || error.code !== 'UNKNOWN_CODEC') throw error;
 * }
 * ```
 */
export class GuichetError<Code extends string = string> extends Error {
  /** Stable, in capitals, never translated: `CONNECTION_REFUSED`, `FRAME_TOO_LONG`… */
  readonly code: Code;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: Code, message: string, options: GuichetErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }
}
