import type { GuichetError } from '../errors.ts';
import { CallError } from './errors.ts';

/** Errors of the layers below of what is longer than one side takes, or than it may send. */
const tooLong: ReadonlySet<string> = new Set([
  'FRAME_TOO_LONG',
  'MESSAGE_TOO_LONG',
  'DATAGRAM_TOO_LONG',
]);

/** Whether an error is that of something too long. */
export function isTooLong({ code }: GuichetError): boolean {
  return tooLong.has(code);
}

/**
 * Why an answer was not sent: it has more bytes than a message or a datagram holds.
 *
 * @param answers how many answers that message would have held.
 */
export function tooLongToSend(
  { code, message, details }: GuichetError,
  answers: number,
): CallError {
  const { length, limit } = details;
  if (typeof length !== 'number' || typeof limit !== 'number') {
    return new CallError('ANSWER_TOO_LONG', message, { data: { cause: code } });
  }
  const isDatagram = code === 'DATAGRAM_TOO_LONG';
  const size = `${answers === 1 ? 'the answer has' : `the ${answers} answers have`} ${length} bytes`;
  const text = isDatagram
    ? `${size} and a datagram at most ${limit}: use tcp for more`
    : `${size} and the server's limit is ${limit}: ask for less, or raise its maxFrameBytes`;
  const advice = isDatagram ? 'stream' : 'raise';
  return new CallError('ANSWER_TOO_LONG', text, {
    data: { cause: code, length, limit, advice, ...(answers > 1 && { answers }) },
  });
}

/**
 * Why a call has no answer: what came was longer than this side takes.
 *
 * @param calls how many calls were under way; where there are several, whose answer it was is not known.
 */
export function tooLongToTake(method: string, calls: number, cause: GuichetError): CallError {
  const { length, limit } = cause.details;
  const whose = calls === 1 ? 'the answer' : `the answer to one of the ${calls} calls under way`;
  const size =
    typeof length === 'number'
      ? `has ${length} bytes and the limit is ${String(limit)}`
      : `is longer than the limit of ${String(limit)} bytes`;
  return new CallError(
    'ANSWER_TOO_LONG',
    `${method}: ${whose} ${size}: raise maxFrameBytes, or ask for less`,
    { cause, details: { method, calls, length, limit, advice: 'raise' } },
  );
}
