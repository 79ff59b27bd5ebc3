import type { HttpRequest } from '../handler.ts';
import type { LoggedExchange } from './exchange.ts';
import { userOf } from './identity.ts';

/** How the lines of an access log are written. */
export const logFormats = ['combined', 'json'] as const;

export type LogFormat = (typeof logFormats)[number];

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

function writeDate(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const sign = offset < 0 ? '-' : '+';
  const zone = twoDigits(Math.floor(Math.abs(offset) / 60)) + twoDigits(Math.abs(offset) % 60);
  const day = `${twoDigits(date.getDate())}/${months[date.getMonth()]}/${date.getFullYear()}`;
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
  return `[${day}:${time} ${sign}${zone}]`;
}

/** The date is the same for all requests of a second: it is written once for all of them. */
let writtenSecond = Number.NaN;
let writtenDate = '';

function dateOf(time: number): string {
  const second = Math.floor(time / 1_000);
  if (second !== writtenSecond) {
    writtenSecond = second;
    writtenDate = writeDate(new Date(time));
  }
  return writtenDate;
}

/**
 * What a client sent, as it may stand between quotes: a quote, a backslash and every byte that is not
 * printable ASCII is written as an escape, so that no client ends the field or the line.
 */
export function escapeField(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return text;
  return text.replaceAll(/[^ !#-[\]-~]/gu, (sign) => {
    if (sign === '"' || sign === '\\') return `\\${sign}`;
    const code = sign.codePointAt(0) ?? 0;
    // What was read as one byte is one byte; anything else was text, and is UTF-8.
    const bytes = code < 256 ? [code] : Buffer.from(sign.toWellFormed());
    return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  });
}

function versionOf({ version }: HttpRequest): string {
  return version === '2' ? 'HTTP/2.0' : `HTTP/${version}`;
}

function quoteField(text: string | undefined): string {
  return text ? `"${escapeField(text)}"` : '"-"';
}

/** A name that stands outside quotes must hold no space either. */
function bareField(text: string | undefined): string {
  return text ? escapeField(text).replaceAll(' ', String.raw`\x20`) : '-';
}

/** A line in the combined format of Apache and nginx, with its line feed. */
export function combinedLine(exchange: LoggedExchange, time: number): string {
  const { request, status, contentBytes } = exchange;
  const first = `${request.method} ${request.target} ${versionOf(request)}`;
  return `${bareField(request.remote.host)} - ${bareField(userOf(request))} ${dateOf(time)} "${escapeField(first)}" ${status} ${contentBytes || '-'} ${quoteField(request.headers.get('referer'))} ${quoteField(request.headers.get('user-agent'))}\n`;
}

/** The same as one line of JSON, ASCII alone, with its line feed. */
export function jsonLine(exchange: LoggedExchange, time: number): string {
  const { request, status, contentBytes, duration } = exchange;
  const user = userOf(request);
  const text = JSON.stringify({
    time: new Date(time).toISOString(),
    remote: request.remote.host,
    port: request.remote.port,
    user,
    method: request.method,
    scheme: request.scheme,
    host: request.authority,
    target: request.target,
    protocol: versionOf(request),
    status,
    bytes: contentBytes,
    milliseconds: Math.round(duration * 1_000) / 1_000,
    referer: request.headers.get('referer'),
    agent: request.headers.get('user-agent'),
  });
  const ascii = text.replaceAll(/[\u007f-\uffff]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `${ascii}\n`;
}

/** How a line of each format is written. */
export const logLines: Readonly<
  Record<LogFormat, (exchange: LoggedExchange, time: number) => string>
> = { combined: combinedLine, json: jsonLine };
