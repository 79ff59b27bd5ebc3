import { get, group, must, one, served, statuses } from '../case.ts';
import type { Expectation } from '../case.ts';

const file = '/hello.txt';
const unchanged: Expectation = { answers: [{ status: 304, body: '' }], connection: 'kept' };
const failed = statuses(412);
const before = 'Mon, 01 Jan 2024 00:00:00 GMT';
const after = 'Wed, 03 Jan 2024 00:00:00 GMT';

/** Which of several conditions decides (RFC 9110, section 13.2.2). */
export const precedenceCases = group('precedence', [
  must(
    'RFC 9110 §13.2.2',
    'If-None-Match goes before If-Modified-Since: served',
    get(file, 'If-None-Match: "other"', `If-Modified-Since: ${after}`),
    served,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-None-Match goes before If-Modified-Since: unchanged',
    get(file, 'If-None-Match: {etag}', `If-Modified-Since: ${before}`),
    unchanged,
  ),
  must(
    'RFC 9110 §13.2.2',
    'both unchanged is unchanged',
    get(file, 'If-None-Match: {etag}', 'If-Modified-Since: {date}'),
    unchanged,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-Match goes before If-Unmodified-Since: served',
    get(file, 'If-Match: {etag}', `If-Unmodified-Since: ${before}`),
    served,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-Match goes before If-Unmodified-Since: failed',
    get(file, 'If-Match: "other"', `If-Unmodified-Since: ${after}`),
    failed,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-Match that fails goes before If-None-Match',
    get(file, 'If-Match: "other"', 'If-None-Match: {etag}'),
    failed,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-Match that holds leaves it to If-None-Match',
    get(file, 'If-Match: {etag}', 'If-None-Match: {etag}'),
    unchanged,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-Unmodified-Since that fails goes before If-None-Match',
    get(file, `If-Unmodified-Since: ${before}`, 'If-None-Match: {etag}'),
    failed,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-Unmodified-Since that holds leaves it to If-Modified-Since',
    get(file, `If-Unmodified-Since: ${after}`, `If-Modified-Since: ${after}`),
    unchanged,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-None-Match that holds leaves it to the range',
    get('/digits.txt', 'If-None-Match: "other"', 'Range: bytes=0-9'),
    one({ status: 206, body: '0000000000' }),
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-None-Match that is unchanged goes before the range',
    get('/digits.txt', 'If-None-Match: {digits}', 'Range: bytes=0-9'),
    unchanged,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-Match that fails goes before the range',
    get('/digits.txt', 'If-Match: "other"', 'Range: bytes=0-9'),
    failed,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-Match that fails goes before a range out of bounds',
    get('/digits.txt', 'If-Match: "other"', 'Range: bytes=5000-'),
    failed,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-Match that holds leaves it to the range',
    get('/digits.txt', 'If-Match: {digits}', 'Range: bytes=0-9'),
    one({ status: 206, body: '0000000000' }),
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-Modified-Since that is unchanged goes before the range',
    get('/digits.txt', `If-Modified-Since: ${after}`, 'Range: bytes=0-9'),
    unchanged,
  ),
  must(
    'RFC 9110 §13.2.2',
    'If-Range is heeded only after the others',
    get('/digits.txt', 'If-None-Match: {digits}', 'If-Range: "other"', 'Range: bytes=0-9'),
    unchanged,
  ),
]);
