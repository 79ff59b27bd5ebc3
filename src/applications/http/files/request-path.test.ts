import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { HttpError } from '../errors.ts';
import { formatPath, isHidden, parseRequestPath } from './request-path.ts';

/** What people write to get out, in any order. */
const trick = fc.constantFrom(
  '/',
  '//',
  '.',
  '..',
  '%2e',
  '%2E%2e',
  '%2f',
  '%5c',
  '\\',
  '%00',
  '%c0%ae',
  '%ff',
  '%',
  '%252e',
  'a',
  'été',
  '%C3%A9',
  ' ',
  '?',
  '\r\n',
);

const path = fc
  .array(fc.oneof(trick, fc.string({ maxLength: 4 })), { maxLength: 12 })
  .map((parts) => `/${parts.join('')}`);

describe('a path', () => {
  test('never leads above the root, nor to a name that is none', () => {
    fc.assert(
      fc.property(path, (text) => {
        let segments: readonly string[];
        try {
          ({ segments } = parseRequestPath(text));
        } catch (error) {
          assert.ok(error instanceof HttpError && [400, 404].includes(error.status));
          return;
        }
        for (const segment of segments) {
          assert.ok(segment !== '' && segment !== '.' && segment !== '..');
          assert.ok(!/[/\\]/.test(segment) && !segment.includes('\0'));
        }
        assert.ok(posix.join('/root', ...segments).startsWith('/root'));
      }),
      { numRuns: 2000 },
    );
  });

  test('formed anew leads to the same place, on this very host', () => {
    fc.assert(
      fc.property(path, fc.boolean(), (text, isDirectory) => {
        let segments: readonly string[];
        try {
          ({ segments } = parseRequestPath(text));
        } catch {
          return;
        }
        const formed = formatPath(segments, isDirectory);
        const url = new URL(formed, 'http://here.example/some/where');
        assert.equal(url.host, 'here.example');
        assert.deepEqual(parseRequestPath(url.pathname).segments, segments);
        assert.match(formed, /^\/(?:[^/\\]|$)/);
        assert.match(formed, /^[!-~]*$/);
      }),
      { numRuns: 2000 },
    );
  });

  test('ends in a directory when it ends in a slash or in dots', () => {
    for (const [text, isDirectory] of [
      ['/', true],
      ['/a', false],
      ['/a/', true],
      ['/a/.', true],
      ['/a/..', true],
      ['/a/%2e', true],
      ['/...', false],
    ] as const) {
      assert.equal(parseRequestPath(text).isDirectory, isDirectory, text);
    }
  });

  test('is hidden by a dot anywhere but in .well-known', () => {
    for (const [segments, hidden] of [
      [[], false],
      [['a', 'b'], false],
      [['.a'], true],
      [['a', '.b'], true],
      [['.well-known', 'a'], false],
      [['.well-known', '.a'], true],
      [['a', '.well-known'], true],
    ] as const) {
      assert.equal(isHidden(segments), hidden);
    }
  });
});
