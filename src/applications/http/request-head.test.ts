import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { array, assert as assertProperty, constantFrom, property } from 'fast-check';
import { HttpError } from './errors.ts';
import { httpDefaults } from './limits.ts';
import { readRequestHead } from './request-head.ts';

const read = (text: string) => readRequestHead(Buffer.from(text, 'latin1'), 0, httpDefaults);

function codeOf(text: string): string {
  try {
    return read(text) === undefined ? 'incomplete' : 'read';
  } catch (error) {
    if (error instanceof HttpError) return error.code;
    throw error;
  }
}

const host = 'Host: example.org\r\n';
const get = (fields: string) => `GET / HTTP/1.1\r\n${fields}\r\n`;

describe('the head of a request', () => {
  const read1 = (text: string) => {
    const head = read(text);
    assert.ok(head !== undefined);
    return head;
  };

  test('is its method, its target and its fields', () => {
    const head = read1(
      'GET /a%20b?c=d?e HTTP/1.1\r\nHost: Example.ORG:80\r\nAccept:  text/html \t\r\nX-Empty:\r\naccept: */*\r\n\r\nrest',
    );
    assert.equal(head.method, 'GET');
    assert.deepEqual([head.form, head.path, head.query], ['origin', '/a%20b', 'c=d?e']);
    assert.equal(head.authority, 'example.org:80');
    assert.equal(head.headers.get('ACCEPT'), 'text/html, */*');
    assert.deepEqual(head.headers.values('accept'), ['text/html', '*/*']);
    assert.equal(head.headers.get('x-empty'), '');
    assert.equal(head.headers.get('x-absent'), undefined);
    assert.equal(head.headers.size, 4);
    assert.deepEqual([...head.headers][0], ['host', 'Example.ORG:80']);
    assert.equal(head.framing, 0);
    assert.equal(head.isPersistent, true);
  });

  test('comes whole or is waited for, wherever it is cut', () => {
    const text = `POST /x HTTP/1.1\r\n${host}Content-Length: 3\r\nX-A: b c\r\n\r\n`;
    for (let cut = 0; cut < text.length; cut++) {
      assert.equal(codeOf(text.slice(0, cut)), 'incomplete', JSON.stringify(text.slice(0, cut)));
    }
    assert.equal(read1(text).length, text.length);
    assert.equal(read1(`${text}abc`).length, text.length);
  });

  const forms: readonly (readonly [string, string, string, string])[] = [
    ['OPTIONS * HTTP/1.1', 'asterisk', '*', 'example.org'],
    ['GET http://Other.org:81/x?y HTTP/1.1', 'absolute', '/x', 'other.org:81'],
    ['GET HTTPS://other.org HTTP/1.1', 'absolute', '/', 'other.org'],
    ['GET http://other.org?q HTTP/1.1', 'absolute', '/', 'other.org'],
    ['OPTIONS http://other.org HTTP/1.1', 'asterisk', '*', 'other.org'],
    ['CONNECT other.org:443 HTTP/1.1', 'authority', '', 'other.org:443'],
    ['GET //evil.org/x HTTP/1.1', 'origin', '//evil.org/x', 'example.org'],
    ['GET http://[::1]:80/ HTTP/1.1', 'absolute', '/', '[::1]:80'],
  ];
  for (const [line, form, path, authority] of forms) {
    test(`${line} asks for ${path} of ${authority}`, () => {
      const head = read1(`${line}\r\n${host}\r\n`);
      assert.deepEqual([head.form, head.path, head.authority], [form, path, authority]);
    });
  }

  test('names its protocol version: a later minor one is understood as HTTP/1.1', () => {
    assert.equal(read1('GET / HTTP/1.0\r\n\r\n').version, '1.0');
    assert.equal(read1(`GET / HTTP/1.9\r\n${host}\r\n`).version, '1.1');
  });

  const persistent: readonly (readonly [string, string, boolean])[] = [
    ['1.1', '', true],
    ['1.1', 'Connection: close\r\n', false],
    ['1.1', 'Connection: foo, CLOSE\r\n', false],
    ['1.1', 'Connection: keep-alive\r\nConnection: close\r\n', false],
    ['1.0', '', false],
    ['1.0', 'Connection: Keep-Alive\r\n', true],
    ['1.0', 'Connection: keep-alive, close\r\n', false],
  ];
  for (const [version, fields, expected] of persistent) {
    test(`HTTP/${version} with ${JSON.stringify(fields)} ${expected ? 'goes on' : 'ends'}`, () => {
      assert.equal(read1(`GET / HTTP/${version}\r\n${host}${fields}\r\n`).isPersistent, expected);
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ['GET  / HTTP/1.1\r\n', 'BAD_REQUEST'],
    ['GET /  HTTP/1.1\r\n', 'BAD_REQUEST'],
    ['GET\t/ HTTP/1.1\r\n', 'BAD_REQUEST'],
    [' GET / HTTP/1.1\r\n', 'BAD_REQUEST'],
    ['GET /\r\n', 'BAD_REQUEST'],
    ['GET / HTTP/1.1 \r\n', 'BAD_REQUEST'],
    ['GET / http/1.1\r\n', 'BAD_REQUEST'],
    ['GET / HTTP/1.10\r\n', 'BAD_REQUEST'],
    ['GET / HTTP/11\r\n', 'BAD_REQUEST'],
    ['GET / HTTP/2.0\r\n', 'VERSION_NOT_SUPPORTED'],
    ['GET / HTTP/0.9\r\n', 'VERSION_NOT_SUPPORTED'],
    ['GET / HTTP/1.1\n', 'BAD_REQUEST'],
    ['GET / HTTP/1.1\rX', 'BAD_REQUEST'],
    ['GET /a#b HTTP/1.1\r\n', 'BAD_REQUEST'],
    ['GET /\xe9 HTTP/1.1\r\n', 'BAD_REQUEST'],
    ['GET /\0 HTTP/1.1\r\n', 'BAD_REQUEST'],
    ['G@T / HTTP/1.1\r\n', 'BAD_REQUEST'],
    ['\x16\x03\x01', 'BAD_REQUEST'],
    ['\n', 'BAD_REQUEST'],
    ['X'.repeat(40), 'NOT_IMPLEMENTED'],
    [`GET /${'a'.repeat(9_000)}`, 'URI_TOO_LONG'],
    [`GET * HTTP/1.1\r\n${host}\r\n`, 'BAD_REQUEST'],
    [`GET x HTTP/1.1\r\n${host}\r\n`, 'BAD_REQUEST'],
    [`GET ftp://a/ HTTP/1.1\r\n${host}\r\n`, 'BAD_REQUEST'],
    [`GET http:///x HTTP/1.1\r\n${host}\r\n`, 'BAD_REQUEST'],
    [`GET http://u@a/x HTTP/1.1\r\n${host}\r\n`, 'BAD_REQUEST'],
    [`CONNECT /x HTTP/1.1\r\n${host}\r\n`, 'BAD_REQUEST'],
    [get(''), 'BAD_REQUEST'],
    [get(host + host), 'BAD_REQUEST'],
    [get('Host:\r\n'), 'BAD_REQUEST'],
    [get('Host: a b\r\n'), 'BAD_REQUEST'],
    [get('Host: a/b\r\n'), 'BAD_REQUEST'],
    [get('Host: u@a\r\n'), 'BAD_REQUEST'],
    [get('Host: a:b\r\n'), 'BAD_REQUEST'],
    [get('Host: a:99999\r\n'), 'BAD_REQUEST'],
    [get('Host: [::1\r\n'), 'BAD_REQUEST'],
    [get(`${host}X : y\r\n`), 'BAD_REQUEST'],
    [get(`${host}: y\r\n`), 'BAD_REQUEST'],
    [get(`${host}X\r\n`), 'BAD_REQUEST'],
    [get(`${host}X: a\r\n b\r\n`), 'BAD_REQUEST'],
    [get(`${host}X: a\rb\r\n`), 'BAD_REQUEST'],
    [get(`${host}X: a\nY: b\r\n`), 'BAD_REQUEST'],
    [get(`${host}X: \0\r\n`), 'BAD_REQUEST'],
    [get(`${host}X: \x7f\r\n`), 'BAD_REQUEST'],
    [`GET / HTTP/1.1\r\n ${host}\r\n`, 'BAD_REQUEST'],
    [`GET / HTTP/1.1\r\n${host}\n`, 'BAD_REQUEST'],
    [get(`${host}${'X: y\r\n'.repeat(128)}`), 'HEADER_FIELDS_TOO_LARGE'],
    [get(`${host}X: ${'y'.repeat(33_000)}\r\n`), 'HEADER_FIELDS_TOO_LARGE'],
    [`GET / HTTP/1.1\r\n${host}X: ${'y'.repeat(33_000)}`, 'HEADER_FIELDS_TOO_LARGE'],
    [get(`${host}Expect: 200-ok\r\n`), 'EXPECTATION_FAILED'],
  ];
  for (const [text, code] of refused) {
    test(`${JSON.stringify(text).slice(0, 70)} is refused as ${code}`, () => {
      assert.equal(codeOf(text), code);
    });
  }

  const framings: readonly (readonly [string, number | string])[] = [
    ['Content-Length: 0\r\n', 0],
    ['Content-Length: 0012\r\n', 12],
    ['Content-Length: 99999999999999999999\r\n', Number.MAX_SAFE_INTEGER],
    ['Transfer-Encoding: Chunked\r\n', 'chunked'],
    ['Content-Length: 5\r\nContent-Length: 5\r\n', 'BAD_REQUEST'],
    ['Content-Length: 5\r\nContent-Length: 6\r\n', 'BAD_REQUEST'],
    ['Content-Length: 5, 5\r\n', 'BAD_REQUEST'],
    ['Content-Length: +5\r\n', 'BAD_REQUEST'],
    ['Content-Length: -5\r\n', 'BAD_REQUEST'],
    ['Content-Length: 5 5\r\n', 'BAD_REQUEST'],
    ['Content-Length: 0x5\r\n', 'BAD_REQUEST'],
    ['Content-Length: 5.0\r\n', 'BAD_REQUEST'],
    ['Content-Length:\r\n', 'BAD_REQUEST'],
    ['Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', 'BAD_REQUEST'],
    ['Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', 'BAD_REQUEST'],
    ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', 'BAD_REQUEST'],
    ['Transfer-Encoding: chunked, chunked\r\n', 'BAD_REQUEST'],
    ['Transfer-Encoding: chunked, gzip\r\n', 'BAD_REQUEST'],
    ['Transfer-Encoding: gzip\r\n', 'BAD_REQUEST'],
    ['Transfer-Encoding: identity\r\n', 'BAD_REQUEST'],
    ['Transfer-Encoding: xchunked\r\n', 'BAD_REQUEST'],
    ['Transfer-Encoding: "chunked"\r\n', 'BAD_REQUEST'],
    ['Transfer-Encoding: \x0bchunked\r\n', 'BAD_REQUEST'],
    ['Transfer-Encoding:\r\n', 'BAD_REQUEST'],
    ['Transfer-Encoding: gzip, chunked\r\n', 'NOT_IMPLEMENTED'],
  ];
  for (const [fields, expected] of framings) {
    test(`${JSON.stringify(fields)} frames the content as ${expected}`, () => {
      const text = `POST / HTTP/1.1\r\n${host}${fields}\r\n`;
      if (typeof expected === 'number' || expected === 'chunked') {
        assert.equal(read1(text).framing, expected);
      } else assert.equal(codeOf(text), expected);
    });
  }

  test('never takes Transfer-Encoding from HTTP/1.0, whose proxies do not know it', () => {
    assert.equal(codeOf('POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n'), 'BAD_REQUEST');
  });

  test('of any bytes at all is read, waited for or refused, never anything else', () => {
    const token = constantFrom(
      'GET',
      ' ',
      '/',
      'HTTP/1.1',
      '\r\n',
      'Host: a',
      ':',
      '\0',
      'x',
      '\t',
    );
    assertProperty(
      property(array(token, { maxLength: 30 }), (parts) => {
        assert.match(codeOf(parts.join('')), /^(read|incomplete|[A-Z_]+)$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
