/** The identifier of a request: JSON-RPC 2.0, section 4. */
export type RequestId = string | number | null;

/** What travels beside the parameters of a call. */
export interface CallMeta {
  /** Milliseconds the caller still waits. */
  readonly deadline?: number;
  /** The token of the session the call belongs to. */
  readonly session?: string;
  /** Makes a repetition of the call give the first one's answer instead of doing it again. */
  readonly idempotencyKey?: string;
  /** W3C Trace Context. */
  readonly traceparent?: string;
  /** How many items of a stream may be sent before more are asked for; see `rpc.credit`. */
  readonly window?: number;
}

/** A request, or without `id` a notification. */
export interface RequestMessage {
  readonly jsonrpc: '2.0';
  readonly id?: RequestId;
  readonly method: string;
  readonly params?: unknown;
  readonly meta?: CallMeta;
}

/** The answer to a request: one of `result` and `error`. */
export interface ResponseMessage {
  readonly jsonrpc: '2.0';
  readonly id: RequestId;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** Whether a value is an object with fields of its own to look at: no array, no `null`. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Characters of a request's id at most: it stands in the answer again, which must have room for more. */
const longestId = 1_024;

/** Whether a value can identify a request. Fractions can, although they should not. */
export function isRequestId(value: unknown): value is RequestId {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || (typeof value === 'string' && value.length <= longestId);
}

/**
 * What is wrong with a request, as the path of the offending field and what it should be; `undefined`
 * when nothing is.
 */
export function findRequestFault(
  message: Readonly<Record<string, unknown>>,
): { readonly path: string; readonly expected: string } | undefined {
  if (message['jsonrpc'] !== '2.0') return { path: 'jsonrpc', expected: '"2.0"' };
  if (typeof message['method'] !== 'string') return { path: 'method', expected: 'a string' };
  const { id, params, meta } = message;
  if (id !== undefined && !isRequestId(id)) {
    return {
      path: 'id',
      expected: `a string of at most ${longestId} characters, a number or null`,
    };
  }
  if (params !== undefined && (typeof params !== 'object' || params === null)) {
    return { path: 'params', expected: 'an object or an array' };
  }
  return meta === undefined ? undefined : findMetaFault(meta);
}

function findMetaFault(meta: unknown) {
  if (!isRecord(meta)) return { path: 'meta', expected: 'an object' };
  const { deadline, window } = meta;
  if (deadline !== undefined && !(typeof deadline === 'number' && deadline >= 0)) {
    return { path: 'meta.deadline', expected: 'milliseconds' };
  }
  if (window !== undefined && !(typeof window === 'number' && window >= 1)) {
    return { path: 'meta.window', expected: 'a number of items' };
  }
  for (const name of ['session', 'idempotencyKey', 'traceparent']) {
    const value = meta[name];
    if (value !== undefined && (typeof value !== 'string' || value.length > 512)) {
      return { path: `meta.${name}`, expected: 'a string of at most 512 characters' };
    }
  }
  return undefined;
}

/** Items of a stream that one `rpc.credit` allows at most. */
export const maxCredit = 1_000_000;

/** Whether a message, or a batch, is given an answer: JSON-RPC 2.0, sections 4.1 and 6. */
export function expectsAnswer(message: unknown): boolean {
  if (Array.isArray(message)) return message.length === 0 || message.some(expectsAnswer);
  if (!isRecord(message)) return true;
  const isAnswer = message['method'] === undefined && isRequestId(message['id']);
  if (isAnswer && (message['result'] !== undefined || message['error'] !== undefined)) return false;
  return message['id'] !== undefined || findRequestFault(message) !== undefined;
}
