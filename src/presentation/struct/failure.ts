import { CodecError } from '../codec.ts';
import type { CodecErrorCode } from '../codec.ts';
import { shorten } from '../path.ts';

/**
 * How a field says that it fails: it knows what and at which byte, and each layout around it adds its
 * step in front of the path on the way out. Thus a path costs nothing while all goes well.
 */
export class FieldFailure extends Error {
  readonly code: CodecErrorCode;
  readonly offset: number;
  path = '';

  constructor(code: CodecErrorCode, problem: string, offset: number, cause?: unknown) {
    super(problem, cause === undefined ? undefined : { cause });
    this.code = code;
    this.offset = offset;
  }

  /** Puts a step in front of the path: the failure seen from one level further out. */
  within(step: string): this {
    this.path = step + this.path;
    return this;
  }
}

/**
 * The failure that `error` is. What is not one, thrown by a getter of the value or by a field type from
 * elsewhere, becomes the cause of one with this code at this offset.
 */
export function toFailure(error: unknown, code: CodecErrorCode, offset: number): FieldFailure {
  if (error instanceof FieldFailure) return error;
  return new FieldFailure(code, 'reading it failed, see the cause', offset, error);
}

/** The error that leaves the codec: path, offset and problem in its message and its details. */
export function toCodecError(failure: FieldFailure): CodecError {
  const place = failure.path === '' ? 'At' : `${failure.path}, at`;
  return new CodecError(failure.code, `${place} byte ${failure.offset}: ${failure.message}`, {
    cause: failure.cause,
    details: { path: failure.path, offset: failure.offset, problem: failure.message },
  });
}

/** The error of a value in JSON that stands for no value of the field. */
export function jsonError(path: string, problem: string): CodecError {
  const place = path === '' ? '' : `${path}: `;
  return new CodecError('UNENCODABLE', `${place}${problem}`, { details: { path, problem } });
}

/** The value as an error shows it: short, on one line, and never the content of an object. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(shorten(value, 40));
    case 'bigint':
      return `${shorten(value.toString(), 40)}n`;
    case 'number':
      return Object.is(value, -0) ? '-0' : `${value}`;
    case 'boolean':
      return `${value}`;
    case 'undefined':
      return 'nothing';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `an array of ${value.length}`;
      return value instanceof Uint8Array ? countOf(value.length, 'byte') : 'an object';
    default:
      return `a ${typeof value}`;
  }
}

/** `1 byte`, `2 bytes`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
