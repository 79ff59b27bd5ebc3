import type { Answer } from './answers.ts';

/** How much a case counts: what a specification requires, what it recommends, what people expect. */
export type Level = 'MUST' | 'SHOULD' | 'FEATURE';

/** Bytes to send, as latin1 text or as they are, or something to do between them. */
export type Step =
  | string
  | Uint8Array
  /** Milliseconds to let pass. */
  | { readonly pause: number }
  /** Waits until so many answers have come, or so many informational ones. */
  | { readonly answers: number }
  | { readonly informational: number }
  /** Ends our side, and goes on reading. */
  | { readonly end: true };

/** What one answer must be; what is left out is not looked at. */
export interface AnswerExpectation {
  readonly status?: number | readonly number[];
  /** Fields by name: the value, a pattern of it, or `null` for a field that must not be there. */
  readonly fields?: Readonly<Record<string, string | RegExp | null>>;
  /** Text is taken as UTF-8. */
  readonly body?: string | RegExp | Uint8Array;
  /** Statuses of the informational answers before it. */
  readonly informational?: readonly number[];
  /** Says what is wrong, if anything is. */
  readonly check?: (answer: Answer, facts: Facts) => string | undefined;
}

/** What a whole exchange must be. */
export interface Expectation {
  /** Each final answer in its order, and no more than these. */
  readonly answers: readonly AnswerExpectation[];
  /** Whether another request on this connection is answered, or the server ends it. */
  readonly connection?: 'kept' | 'closed';
}

/** What the server under test says of the files; `{name}` in what is sent is replaced by it. */
export type Facts = Readonly<Record<string, string>>;

export interface Case {
  readonly group: string;
  readonly title: string;
  readonly level: Level;
  /** The section that says so. */
  readonly source: string;
  readonly send: readonly Step[];
  /** What is right: one of these, where there is a choice. */
  readonly expect: readonly Expectation[];
  /** The methods of the requests, where they are not the ones that the request lines show. */
  readonly methods?: readonly string[];
}

/** A case before its group is known. */
export type LooseCase = Omit<Case, 'group'>;

export type Send = string | readonly Step[];
export type Expect = Expectation | readonly Expectation[];

function isList(expect: Expect): expect is readonly Expectation[] {
  return Array.isArray(expect);
}

function write(level: Level) {
  return (
    source: string,
    title: string,
    send: Send,
    expect: Expect,
    methods?: readonly string[],
  ): LooseCase => ({
    level,
    source,
    title,
    send: typeof send === 'string' ? [send] : send,
    expect: isList(expect) ? expect : [expect],
    ...(methods && { methods }),
  });
}

/** A case that a specification's MUST, or the only safe reading of it, decides. */
export const must = write('MUST');
/** A case that a SHOULD decides. */
export const should = write('SHOULD');
/** A case that no specification decides. */
export const feature = write('FEATURE');

/** The cases of one subject. */
export function group(name: string, cases: readonly LooseCase[]): readonly Case[] {
  return cases.map((each) => ({ group: name, ...each }));
}

/** A request of HTTP/1.1 with a Host field and no content. */
export function request(method: string, target: string, ...fields: readonly string[]): string {
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...fields];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** {@link request} with GET. */
export function get(target: string, ...fields: readonly string[]): string {
  return request('GET', target, ...fields);
}

/** {@link request} with HEAD. */
export function head(target: string, ...fields: readonly string[]): string {
  return request('HEAD', target, ...fields);
}

/** A GET of a small file with the given line, sent as it is, among its fields. */
export function withLine(line: string): string {
  return `GET /hello.txt HTTP/1.1\r\nHost: localhost\r\n${line}\r\nAccept: */*\r\n\r\n`;
}

/** A GET of a small file whose first line is the given one. */
export function withRequestLine(line: string, end = '\r\n'): string {
  return `${line}${end}Host: localhost\r\n\r\n`;
}

/** A request that must never be answered: it is part of the content of the one before it. */
export const smuggled = 'GET /smuggled.txt HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** The request that shows whether a connection goes on. */
export const probe = get('/hello.txt');

/** What hello.txt holds. */
export const hello = 'hello, world\n';

/** One answer, whatever becomes of the connection. */
export function one(answer: AnswerExpectation): Expectation {
  return { answers: [answer] };
}

/** Answers of these statuses, in this order. */
export function statuses(...list: readonly (number | readonly number[])[]): Expectation {
  return { answers: list.map((status) => ({ status })) };
}

/** The file hello.txt, and the connection goes on. */
export const served: Expectation = {
  answers: [{ status: 200, body: hello }],
  connection: 'kept',
};

/** One answer of this status, after which the connection goes on. */
export function kept(status: number | readonly number[]): Expectation {
  return { answers: [{ status }], connection: 'kept' };
}

/** Refused with the status, nothing else answered, and the connection closed. */
export function refused(status: number | readonly number[] = 400): Expectation {
  return { answers: [{ status }], connection: 'closed' };
}

/** Closed without a word. */
export const dropped: Expectation = { answers: [], connection: 'closed' };
