import { Buffer } from 'node:buffer';
import { defaultMaxFrameBytes } from '../framing/index.ts';
import { createJson, defaultMaxJsonDepth } from '../presentation/index.ts';
import type { Codec, Endpoint, JsonValue, ValueOptions } from '../presentation/index.ts';
import { weighPlainJson } from '../presentation/json-plain.ts';
import { findInfinity } from '../presentation/json-range.ts';
import { asBuffer, decodeUtf8 } from '../presentation/utf8.ts';
import { writeLasting } from './lasting.ts';
import { isRecord } from './wire.ts';

/**
 * The JSON codec for the messages of this layer: the same text and the same values as `json`, at
 * about half the cost for the commonest messages. Of a call and of a result, only the parameters and the
 * result are given to the JSON writer and reader: the rest has always the same form. Whatever does not
 * have it is left to `json`, errors included; members that are undefined are left out.
 *
 * It writes requests, notifications and answers as `wire.ts` declares them, and no other members.
 */
export const messageJson: Codec<unknown, unknown> = makeMessageJson(
  // An optional parameter that is there and undefined is one that is not there.
  createJson({ omitsUndefined: true }),
);

/** The same, where `whole` reads and writes what has not the commonest form, or is long. */
function makeMessageJson(whole: Codec<JsonValue, unknown>): Codec<unknown, unknown> {
  return {
    name: 'json',
    encode: (message) => Buffer.from(write(message, whole)),
    encodeText: (message) => write(message, whole),
    decode: (frame) => read(frame, whole),
    decodeText: (text, start, end) =>
      readQuickly(text, start, end) ?? whole.decode(Buffer.from(text.slice(start, end))),
  };
}

/**
 * The most items, as `createJson` counts them, of a message longer than usual that a server reads: to make a
 * million names takes a second, in which it answers nobody.
 */
export const defaultMaxItems: number = 262_144;

/**
 * {@link messageJson} for messages of other lengths than usual, in bytes.
 *
 * @param maxItems the most items that are read in one longer than usual.
 */
export function messageJsonUpTo(
  maxBytes: number = defaultMaxFrameBytes,
  maxItems: number = defaultMaxItems,
): Codec<unknown, unknown> {
  return maxBytes <= defaultMaxFrameBytes
    ? messageJson
    : makeMessageJson(createJson({ maxBytes, maxItems, omitsUndefined: true }));
}

/** The codec for an endpoint's messages, where it is not the one the endpoint names. */
export function messageCodecOf(
  endpoint: Pick<Endpoint, 'codec'>,
  options: ValueOptions,
  maxItems: number,
): Pick<ValueOptions, 'codec'> {
  return endpoint.codec === 'json' && options.codec === undefined
    ? { codec: messageJsonUpTo(options.maxFrameBytes, maxItems) }
    : {};
}

const start = '{"jsonrpc":"2.0","id":';
const beforeResult = ',"result":';
const beforeMethod = ',"method":"';
const beforeParams = '","params":';
const beforeDeadline = ',"meta":{"deadline":';

/** A longer text would have to be looked through for its depth, which costs what is saved here. */
const fewBytes = 2 * defaultMaxJsonDepth;

/** The most bytes that a UTF-16 code unit becomes in UTF-8. */
const bytesOfUnit = 3;

/** More digits would not be read exactly. */
const mostDigits = 15;

function write(message: unknown, whole: Codec<JsonValue, unknown>): string {
  const text = isRecord(message) ? writeQuickly(message) : undefined;
  if (text !== undefined && text.length * bytesOfUnit <= defaultMaxFrameBytes) return text;
  return whole.encodeText?.(message) ?? '';
}

function writeQuickly(message: Readonly<Record<string, unknown>>): string | undefined {
  const { id, method, error } = message;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || error !== undefined) return undefined;
  if (method === undefined) {
    const result = writeLasting(message['result'], writePlain);
    return result === undefined ? undefined : `${start}${id}${beforeResult}${result}}`;
  }
  const { meta } = message;
  if (typeof method !== 'string' || !isRecord(meta)) return undefined;
  const deadline = deadlineAlone(meta);
  const params = deadline === undefined ? undefined : writePlain(message['params']);
  if (params === undefined) return undefined;
  return `${start}${id}${writeMethod(method)}${params}${beforeDeadline}${deadline}}}`;
}

/** Most calls are of the method of the call before. */
const written = { method: '', text: ',"method":"","params":' };

/** What stands between a call's id and its parameters. */
function writeMethod(method: string): string {
  if (method !== written.method) {
    written.method = method;
    written.text = `,"method":${JSON.stringify(method)},"params":`;
  }
  return written.text;
}

/** The deadline that a `meta` holds, if it holds nothing else. */
function deadlineAlone(meta: Readonly<Record<string, unknown>>): number | undefined {
  for (const name in meta) if (name !== 'deadline') return undefined;
  const { deadline } = meta;
  return typeof deadline === 'number' && Number.isSafeInteger(deadline) ? deadline : undefined;
}

/** The JSON text of a value, or nothing where `json` has something to say about it. */
function writePlain(value: unknown): string | undefined {
  try {
    return weighPlainJson(value, defaultMaxFrameBytes, defaultMaxJsonDepth - 1) >= 0
      ? JSON.stringify(value)
      : undefined;
  } catch {
    // A getter threw: `json` meets it too, and says where.
    return undefined;
  }
}

function read(frame: Uint8Array, whole: Codec<JsonValue, unknown>): unknown {
  const text = frame.length > fewBytes ? undefined : decodeUtf8(asBuffer(frame));
  return (
    (text === undefined ? undefined : readQuickly(text, 0, text.length)) ?? whole.decode(frame)
  );
}

function readQuickly(text: string, from: number, to: number): object | undefined {
  if (to - from > fewBytes) return undefined;
  try {
    return readText(text, from, to - 1);
  } catch {
    // What stands there is no JSON: `json` reads the whole of it, and says where it errs.
    return undefined;
  }
}

/**
 * A result, or a call with its deadline, that begins there and of which the last brace stands at `end`. What
 * stands where the parameters or the result do is read as one JSON value: since it is one, the text cannot
 * mean anything else; and since no word has a closing brace, none is found that goes on behind the last one.
 *
 * What has to be a given word is cut out and compared, which is faster than `startsWith`.
 */
function readText(text: string, from: number, end: number): object | undefined {
  const idStart = from + start.length;
  if (text.slice(from, idStart) !== start || text.charCodeAt(end) !== closeBrace) return undefined;
  const idEnd = skipDigits(text, idStart);
  if (idEnd === idStart) return undefined;
  const resultStart = idEnd + beforeResult.length;
  if (text.slice(idEnd, resultStart) === beforeResult) {
    const result = parse(text.slice(resultStart, end));
    if (result === undefined) return undefined;
    return { jsonrpc: '2.0', id: readDigits(text, idStart, idEnd), result };
  }
  const methodStart = idEnd + beforeMethod.length;
  if (text.slice(idEnd, methodStart) !== beforeMethod) return undefined;
  const methodEnd = skipName(text, methodStart);
  const paramsStart = methodEnd + beforeParams.length;
  const deadlineEnd = end - 1;
  const deadlineStart = skipDigitsBack(text, deadlineEnd);
  const paramsEnd = deadlineStart - beforeDeadline.length;
  const isWhole =
    text.slice(methodEnd, paramsStart) === beforeParams &&
    text.charCodeAt(deadlineEnd) === closeBrace &&
    deadlineStart < deadlineEnd &&
    paramsStart < paramsEnd &&
    text.slice(paramsEnd, deadlineStart) === beforeDeadline;
  if (!isWhole) return undefined;
  const params = parse(text.slice(paramsStart, paramsEnd));
  if (params === undefined) return undefined;
  return {
    jsonrpc: '2.0',
    id: readDigits(text, idStart, idEnd),
    method: text.slice(methodStart, methodEnd),
    params,
    meta: { deadline: readDigits(text, deadlineStart, deadlineEnd) },
  };
}

/** JSON's value, unless a number of it is out of range. */
function parse(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return findInfinity(value) === undefined ? value : undefined;
}

/** The end of the whole number, written as JSON has it, that begins there; the start when none does. */
function skipDigits(text: string, from: number): number {
  let at = from;
  while (at - from < mostDigits && isDigit(text.charCodeAt(at))) at++;
  return at - from > 1 && text.charCodeAt(from) === zero ? from : at;
}

/** The beginning of the whole number, written as JSON has it, that ends there; the end when none does. */
function skipDigitsBack(text: string, end: number): number {
  let at = end;
  while (end - at < mostDigits && isDigit(text.charCodeAt(at - 1))) at--;
  return end - at > 1 && text.charCodeAt(at) === zero ? end : at;
}

function readDigits(text: string, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at++) value = value * 10 + text.charCodeAt(at) - zero;
  return value;
}

/** The end of the letters, digits, dots, dashes and underscores that begin there. */
function skipName(text: string, from: number): number {
  let at = from;
  for (;;) {
    const unit = text.charCodeAt(at);
    const isLetter = (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;
    if (!isLetter && !isDigit(unit) && unit !== dot && unit !== dash && unit !== underscore) {
      return at;
    }
    at++;
  }
}

const closeBrace = 0x7d;
const zero = 0x30;
const dot = 0x2e;
const dash = 0x2d;
const underscore = 0x5f;

function isDigit(unit: number): boolean {
  return unit >= zero && unit <= 0x39;
}
