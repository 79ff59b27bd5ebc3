import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswers } from './answers.ts';
import type { Answer } from './answers.ts';

function read(text: string, methods: readonly string[] = [], isClosed = false) {
  return readAnswers(Buffer.from(text, 'latin1'), methods, isClosed);
}

const bodies = (answers: readonly Answer[]): readonly string[] =>
  answers.map(({ body }) => body.toString('latin1'));

test('answers are told apart by their lengths, their chunks, their methods and their statuses', () => {
  const { answers, fault, rest } = read(
    'HTTP/1.1 100 Continue\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none' +
      'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n' +
      'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\ntwo\r\n0\r\nX: y\r\n\r\n' +
      'HTTP/1.1 200 OK\r\n\r\nto the end',
    ['GET', 'HEAD', 'GET', 'GET', 'GET'],
    true,
  );
  assert.equal(fault, undefined);
  assert.equal(rest, 0);
  assert.deepEqual(bodies(answers), ['one', '', '', 'two', 'to the end']);
  assert.deepEqual(answers[0]?.informational[0]?.status, 100);
  assert.deepEqual(answers[3]?.trailers, [['X', 'y']]);
});

test('an answer that is not whole is not given', () => {
  const whole = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n';
  for (let length = 0; length < whole.length; length += 1) {
    const { answers, fault, rest } = read(whole.slice(0, length));
    assert.deepEqual([answers.length, fault, rest], [0, undefined, length]);
  }
  assert.equal(read(whole).answers.length, 1);
});

const faults: readonly (readonly [text: string, fault: RegExp])[] = [
  ['HTTP/1.1 200\r\n\r\n', /status line/],
  ['HTTP/2 200 OK\r\n\r\n', /status line/],
  ['<html>\r\n', /status line/],
  ['HTTP/1.1 200 OK\n\n', /bare LF/],
  ['HTTP/1.1 200 O\rK\r\n\r\n', /bare CR/],
  ['HTTP/1.1 200 OK\r\nA b: c\r\n\r\n', /field line/],
  ['HTTP/1.1 200 OK\r\nA : c\r\n\r\n', /field line/],
  ['HTTP/1.1 200 OK\r\nA: \0\r\n\r\n', /field line/],
  ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na', /two lengths/],
  ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', /no length/],
  ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', /both/],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', /coding gzip/],
  ['HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', /HTTP\/1\.0/],
  ['HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', /framing in a 204/],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n', /chunk size/],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n', /after a chunk/],
];

for (const [text, fault] of faults) {
  test(`${JSON.stringify(text)} is not taken for an answer`, () => {
    const stream = read(text);
    assert.match(stream.fault ?? 'none', fault);
    assert.equal(stream.answers.length, 0);
  });
}
