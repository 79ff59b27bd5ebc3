import { GuichetError } from '../errors.ts';
import type { FramingError } from '../framing/index.ts';
import { CodecError } from '../presentation/index.ts';
import { CallError, describeError } from './errors.ts';
import type { RpcErrorObject } from './errors.ts';
import { tooLongToSend } from './too-long.ts';
import { isRecord, isRequestId } from './wire.ts';
import type { RequestId, ResponseMessage } from './wire.ts';

/** Takes the answer to one request, or nothing for a notification. */
export type Respond = (response: ResponseMessage) => void;

/** What `rpc.discover` answers where nothing is served. */
export const describeNothing = {
  openrpc: '1.3.2',
  info: { title: 'no services', version: '1' },
  methods: [],
};

/** Whether a message answers a request. */
export function isResponse(value: Readonly<Record<string, unknown>>): boolean {
  return isRequestId(value['id']) && (value['result'] !== undefined || isRecord(value['error']));
}

/** Why a peer that does not read is given no answers. */
export const unread = new CallError('OVERLOADED', 'too many answers wait to be read');

/**
 * The same answer as an error, since it cannot be sent, or not now.
 *
 * @param answers how many answers it was to be sent with, itself included.
 */
export function refuseAnswer(
  response: ResponseMessage,
  why: unknown,
  answers: number = 1,
): ResponseMessage {
  const { id } = response;
  if (why instanceof CallError) return { jsonrpc: '2.0', id, error: why.toObject() };
  if (!(why instanceof GuichetError)) throw why;
  const isUnencodable = why instanceof CodecError && why.code !== 'TOO_LARGE';
  // What cannot travel beside an error is no reason to withhold which error it is.
  if (isUnencodable && response.error !== undefined)
    return { ...response, error: bare(response.error) };
  const error = isUnencodable
    ? new CallError('RESULT_UNENCODABLE', why.message, { data: { cause: why.code } })
    : tooLongToSend(why, answers);
  return { jsonrpc: '2.0', id, error: error.toObject() };
}

/** An error with no more beside its message than its code and its reason, if they are text. */
function bare({ code, message, data }: RpcErrorObject): RpcErrorObject {
  const texts = Object.entries(isRecord(data) ? data : {}).filter(
    ([name, value]) => (name === 'code' || name === 'reason') && typeof value === 'string',
  );
  return { code, message, data: Object.fromEntries(texts) };
}

/** What answers what is no request: JSON-RPC 2.0, section 5.1. */
export function invalid(id: RequestId, why: string, path?: string): ResponseMessage {
  const error = describeError('INVALID_REQUEST', why, path === undefined ? undefined : { path });
  return { jsonrpc: '2.0', id, error };
}

/** Bytes of parameters that are wrong, above which checking them is a burden. */
const muchToCheck = 16_384;

/** Whether a call that failed so should not have been made; small mistakes in parameters are none. */
export function isOffence(error: CallError, bytes: number): boolean {
  const { code } = error;
  return (
    code === 'OVERLOADED' ||
    code === 'METHOD_NOT_FOUND' ||
    (code === 'INVALID_PARAMS' && bytes > muchToCheck)
  );
}

/** What answers bytes in which there is no value: JSON-RPC 2.0, section 5.1. */
export function unreadable(error: CodecError | FramingError): ResponseMessage {
  const isMalformed =
    error instanceof CodecError && error.code !== 'TOO_DEEP' && error.code !== 'TOO_LARGE';
  const { offset, path } = error.details;
  const data = {
    cause: error.code,
    ...(offset !== undefined && { offset }),
    ...(path !== undefined && { path }),
  };
  const code = isMalformed ? 'PARSE_ERROR' : 'INVALID_REQUEST';
  return { jsonrpc: '2.0', id: null, error: describeError(code, error.message, data) };
}
