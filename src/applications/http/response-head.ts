import { reasonPhrase } from './errors.ts';
import type { HeaderField } from './headers.ts';
import { valueBytes } from './syntax.ts';

let second = -1;
let line = '';

/** The second it is, which whatever holds a Date is made anew with. */
export function currentSecond(): number {
  return Math.floor(Date.now() / 1_000);
}

/** `Date: …` of this second (RFC 9110, section 6.6.1), with its line end. */
function dateLine(): string {
  const now = currentSecond();
  if (now !== second) {
    second = now;
    line = `Date: ${new Date(now * 1_000).toUTCString()}\r\n`;
  }
  return line;
}

const token = /^[\w!#$%&'*+.^`|~-]+$/;

/** Whether a value is one line of Latin-1 text, as a field value must be (RFC 9110, section 5.5). */
function isSendable(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    if (valueBytes[value.charCodeAt(index)] !== 1) return false;
  }
  return true;
}

/** What a server adds by itself, and a handler's fields are therefore left out of. */
const ownFields = /^(?:connection|content-length|date|keep-alive|transfer-encoding)$/i;

/**
 * Field lines as they are sent.
 *
 * @throws {TypeError} for what would not be one line: a name or a value somebody put a line break in.
 */
export function formatFields(fields: readonly HeaderField[]): string {
  let text = '';
  for (const [name, value] of fields) {
    if (!token.test(name)) throw new TypeError(`no field can be called ${JSON.stringify(name)}`);
    if (!isSendable(value)) {
      throw new TypeError(`${name} cannot be ${JSON.stringify(value)}: it is not text of Latin-1`);
    }
    if (!ownFields.test(name)) text += `${name}: ${value}\r\n`;
  }
  return text;
}

/** The head of a response, up to its empty line; `lines` are field lines with their line ends. */
export function formatHead(status: number, server: string, fields: string, lines: string): string {
  return `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${dateLine()}${server}${fields}${lines}\r\n`;
}

/** An informational response (RFC 9110, section 15.2): no Date, no content. */
export function formatInformation(status: number, fields: readonly HeaderField[]): string {
  return `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${formatFields(fields)}\r\n`;
}
