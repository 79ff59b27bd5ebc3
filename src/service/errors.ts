import { GuichetError } from '../errors.ts';
import type { GuichetErrorOptions } from '../errors.ts';

/** One row of {@link errorTable}. */
export interface ErrorRow {
  /** The number in a JSON-RPC error object; -32768 to -32000 are reserved by JSON-RPC 2.0, section 5.1. */
  readonly rpc: number;
  /** The HTTP status (RFC 9110, section 15) of the same failure. */
  readonly http: number;
  /** What it means, in English; the French text is in the language catalogue under the same code. */
  readonly text: string;
}

/** Every failure of a call: its code, its numbers in other protocols, what it means. */
export const errorTable = {
  PARSE_ERROR: { rpc: -32_700, http: 400, text: 'the message cannot be decoded' },
  INVALID_REQUEST: { rpc: -32_600, http: 400, text: 'the message is not a request' },
  METHOD_NOT_FOUND: { rpc: -32_601, http: 404, text: 'there is no such method' },
  INVALID_PARAMS: { rpc: -32_602, http: 422, text: 'the parameters are not what the method takes' },
  INTERNAL_ERROR: { rpc: -32_603, http: 500, text: 'the method failed' },
  OVERLOADED: { rpc: -32_000, http: 503, text: 'too many calls are in flight; try again later' },
  DEADLINE_EXCEEDED: { rpc: -32_001, http: 504, text: 'the deadline passed before the answer' },
  CANCELLED: { rpc: -32_002, http: 499, text: 'the call was cancelled' },
  UNAUTHENTICATED: { rpc: -32_003, http: 401, text: 'a session is needed; open one' },
  FORBIDDEN: { rpc: -32_004, http: 403, text: 'the session does not allow this' },
  NOT_FOUND: { rpc: -32_005, http: 404, text: 'there is no such thing' },
  CONFLICT: { rpc: -32_006, http: 409, text: 'it was changed meanwhile, or exists already' },
  RESULT_UNENCODABLE: { rpc: -32_007, http: 500, text: 'the result cannot be encoded' },
  INVALID_RESULT: { rpc: -32_008, http: 502, text: 'the result is not what the method promises' },
  ANSWER_TOO_LONG: {
    rpc: -32_009,
    http: 500,
    text: 'the answer does not fit; use another transport',
  },
  UNAVAILABLE: { rpc: -32_010, http: 503, text: 'the connection was lost before the answer' },
  FAILED: { rpc: -32_011, http: 422, text: 'the method refused' },
} as const satisfies Readonly<Record<string, ErrorRow>>;

/** The stable code of a failed call. */
export type CallErrorCode = keyof typeof errorTable;

/** A JSON-RPC error object (JSON-RPC 2.0, section 5.1). */
export interface RpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** The messages of JSON-RPC 2.0, section 5.1. */
const specifiedMessages: ReadonlyMap<number, string> = new Map([
  [-32_700, 'Parse error'],
  [-32_600, 'Invalid Request'],
  [-32_601, 'Method not found'],
  [-32_602, 'Invalid params'],
  [-32_603, 'Internal error'],
]);

/** Errors that are told where the method is not known: by who sends answers, by a pool of threads. */
const nameless: ReadonlySet<CallErrorCode> = new Set([
  'RESULT_UNENCODABLE',
  'ANSWER_TOO_LONG',
  'DEADLINE_EXCEEDED',
  'OVERLOADED',
]);

const codes = Object.keys(errorTable) as CallErrorCode[];
const codeOfNumber: ReadonlyMap<number, CallErrorCode> = new Map(
  codes.map((code) => [errorTable[code].rpc, code]),
);

/** An error as it travels, without the stack that an error proper takes its time to note. */
export function describeError(
  code: CallErrorCode,
  message: string,
  data: Readonly<Record<string, unknown>> | undefined,
  rpc: number = errorTable[code].rpc,
): RpcErrorObject {
  const specified = specifiedMessages.get(rpc);
  return specified === undefined
    ? { code: rpc, message, data: { ...data, code } }
    : { code: rpc, message: specified, data: { ...data, code, reason: message } };
}

/** What a {@link CallError} carries besides its message. */
export interface CallErrorOptions extends GuichetErrorOptions {
  /** What travels to the caller beside the message: `path`, the place of the offence, and the like. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * A failed call, on either side. An implementation throws one to answer an error of its own choice; the
 * client gets the same code, message and data. Anything else it throws becomes `INTERNAL_ERROR`, and
 * says nothing to the caller of what went on inside.
 *
 * @example
 * ```ts
 * import { CallError } from 'guichet/service';
 * const error = new CallError('NOT_FOUND', 'no promotion "2027"', { data: { promotion: '2027' } });
 * if (error.toObject().code !== -32005) throw error;
 * ```
 */
export class CallError extends GuichetError<CallErrorCode> {
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /** The number the peer sent, which may be one that no code stands for. */
  readonly rpc: number;

  constructor(
    code: CallErrorCode,
    message?: string,
    options: CallErrorOptions & { rpc?: number } = {},
  ) {
    super(code, message ?? errorTable[code].text, {
      cause: options.cause,
      details: options.details ?? options.data ?? {},
    });
    this.data = options.data;
    this.rpc = options.rpc ?? errorTable[code].rpc;
  }

  /** As it travels: with the message of the specification where that has one, ours beside it. */
  toObject(): RpcErrorObject {
    return describeError(this.code, this.message, this.data, this.rpc);
  }

  /** From what a peer sent, ours or any other. */
  static fromObject(object: RpcErrorObject, method: string): CallError {
    const { data } = object;
    // What a peer sends may be of any type, whatever the specification says.
    const rpc = typeof object.code === 'number' ? object.code : errorTable.FAILED.rpc;
    const message = typeof object.message === 'string' ? object.message : undefined;
    const fields = typeof data === 'object' && data !== null ? { ...data } : undefined;
    const named: unknown = fields === undefined ? undefined : Reflect.get(fields, 'code');
    const code = codes.find((known) => known === named) ?? codeOfNumber.get(rpc) ?? 'FAILED';
    const reason: unknown = fields === undefined ? undefined : Reflect.get(fields, 'reason');
    // Only where the specification prescribes the message does ours stand beside it; see `toObject`.
    const isBeside = specifiedMessages.has(rpc) && typeof reason === 'string';
    const text = (isBeside ? reason : message) ?? errorTable[code].text;
    const lacksMethod =
      nameless.has(code) && reason === undefined && !text.startsWith(`${method}: `);
    return new CallError(code, lacksMethod ? `${method}: ${text}` : text, {
      rpc,
      ...(data !== undefined && { data: fields ?? { data } }),
      details: { ...fields, method },
    });
  }

  /** Whatever an implementation threw, as what its caller may know. */
  static from(thrown: unknown): CallError {
    if (thrown instanceof CallError) return thrown;
    return new CallError('INTERNAL_ERROR', undefined, { cause: thrown });
  }
}
