import { findValue } from '../answers.ts';
import {
  feature,
  get,
  group,
  head,
  hello,
  kept,
  must,
  one,
  request,
  served,
  should,
  statuses,
} from '../case.ts';
import type { Expectation } from '../case.ts';

const file = '/hello.txt';
const unchanged: Expectation = { answers: [{ status: 304, body: '' }], connection: 'kept' };
const failed = statuses(412);
const before = 'Mon, 01 Jan 2024 00:00:00 GMT';
const after = 'Wed, 03 Jan 2024 00:00:00 GMT';

const same: readonly (readonly [title: string, value: string])[] = [
  ['its own tag', '{etag}'],
  ['its own tag, weak', 'W/{opaque}'],
  ['any', '*'],
  ['a list with its tag first', '{etag}, "other"'],
  ['a list with its tag last', '"other", {etag}'],
  ['a list without spaces', '"other",{etag},"more"'],
  ['a list with its tag weak', '"other", W/{opaque}'],
  ['a list with empty members', ', ,{etag},'],
  ['a list with a comma in a tag', '"a,b", {etag}'],
  ['a list with tabs', '"other"\t,\t{etag}'],
];

const other: readonly (readonly [title: string, value: string])[] = [
  ['another tag', '"other"'],
  ['another weak tag', 'W/"other"'],
  ['an empty tag', '""'],
  ['a list of others', '"a", "b", W/"c"'],
  ['a tag without quotes', 'other'],
  ['nothing', ''],
  ['a star in quotes', '"*"'],
  ['a comma', ','],
];

/** Times that mean the same, or later, in the three forms that have to be read. */
const laterDates: readonly (readonly [title: string, value: string])[] = [
  ['its own date', '{date}'],
  ['a later date', after],
  ['its own date as RFC 850 has it', 'Tuesday, 02-Jan-24 03:04:05 GMT'],
  ['its own date as asctime has it', 'Tue Jan  2 03:04:05 2024'],
  ['a later date as RFC 850 has it', 'Wednesday, 03-Jan-24 00:00:00 GMT'],
  ['a later date as asctime has it', 'Wed Jan  3 00:00:00 2024'],
];

const earlierDates: readonly (readonly [title: string, value: string])[] = [
  ['an earlier date', before],
  ['a second earlier', 'Tue, 02 Jan 2024 03:04:04 GMT'],
  ['an earlier date as RFC 850 has it', 'Monday, 01-Jan-24 00:00:00 GMT'],
  ['an earlier date as asctime has it', 'Mon Jan  1 00:00:00 2024'],
  ['a date long ago', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ['a date of the last century as RFC 850 has it', 'Sunday, 06-Nov-94 08:49:37 GMT'],
];

const noDates: readonly string[] = [
  'yesterday',
  '',
  '0',
  '1704164645',
  '2024-01-03T00:00:00Z',
  'Wed, 03 Jan 2024',
  'Wed, 03 Jan 2024 00:00:00',
  'Wed, 03 Jan 2024 00:00:00 +0100',
  'Wed, 03 Jan 2024 00:00:00 CET',
  'Wed, 3 Jan 2024 00:00:00 GMT',
  'Wed, 03 Foo 2024 00:00:00 GMT',
  'Wed, 32 Jan 2024 00:00:00 GMT',
  'Wed, 03 Jan 2024 25:00:00 GMT',
  'Wed, 03 Jan 2024 00:61:00 GMT',
  'Wed, 31 Feb 2024 00:00:00 GMT',
  '"Wed, 03 Jan 2024 00:00:00 GMT"',
];

/** Forms that a lenient reader takes for a date; either reading is harmless. */
const lenient = new Set(noDates.slice(4, 10).concat('Wed, 31 Feb 2024 00:00:00 GMT'));

/** What a 304 must repeat (RFC 9110, section 15.4.5). */
const repeated = ['ETag', 'Content-Location', 'Date', 'Vary', 'Cache-Control', 'Expires'] as const;

/** Conditional requests (RFC 9110, section 13). */
export const conditionCases = group('conditions', [
  ...same.flatMap(([title, value]) => [
    must(
      'RFC 9110 §13.1.2',
      `If-None-Match with ${title} is unchanged`,
      get(file, `If-None-Match: ${value}`),
      unchanged,
    ),
  ]),
  ...other.map(([title, value]) =>
    must(
      'RFC 9110 §13.1.2',
      `If-None-Match with ${title} is served`,
      get(file, `If-None-Match: ${value}`),
      served,
    ),
  ),
  must(
    'RFC 9110 §13.1.2',
    'If-None-Match of HEAD is unchanged',
    head(file, 'If-None-Match: {etag}'),
    unchanged,
  ),
  must(
    'RFC 9110 §13.1.2',
    'If-None-Match on several lines is a list',
    get(file, 'If-None-Match: "other"', 'If-None-Match: {etag}'),
    unchanged,
  ),
  must(
    'RFC 9110 §13.1.2',
    'If-None-Match of a missing file is not found',
    get('/nothing', 'If-None-Match: *'),
    kept(404),
  ),
  must(
    'RFC 9110 §13.2.1',
    'If-None-Match of a method that is not allowed changes nothing',
    request('DELETE', file, 'If-None-Match: *'),
    kept([405, 412]),
  ),
  must(
    'RFC 9110 §13.1.2',
    'If-None-Match of a folder is led on',
    get('/folder', 'If-None-Match: *'),
    kept([301, 302, 307, 308]),
  ),
  ...['{etag}', '*', '"other", {etag}', '{etag},"other"'].map((value) =>
    must(
      'RFC 9110 §13.1.1',
      `If-Match with ${value} is served`,
      get(file, `If-Match: ${value}`),
      served,
    ),
  ),
  ...['"other"', 'W/{opaque}', '"a", "b"', 'W/"other"', '"other", W/{opaque}'].map((value) =>
    must(
      'RFC 9110 §13.1.1',
      `If-Match with ${value} fails`,
      get(file, `If-Match: ${value}`),
      failed,
    ),
  ),
  must('RFC 9110 §13.1.1', 'If-Match of HEAD fails', head(file, 'If-Match: "other"'), failed),
  must(
    'RFC 9110 §13.1.1',
    'If-Match on several lines is a list',
    get(file, 'If-Match: "other"', 'If-Match: {etag}'),
    served,
  ),
  must(
    'RFC 9110 §13.1.1',
    'If-Match of a missing file is refused',
    get('/nothing', 'If-Match: *'),
    kept([404, 412]),
  ),
  ...laterDates.map(([title, value]) =>
    must(
      'RFC 9110 §13.1.3',
      `If-Modified-Since with ${title} is unchanged`,
      get(file, `If-Modified-Since: ${value}`),
      unchanged,
    ),
  ),
  ...earlierDates.map(([title, value]) =>
    must(
      'RFC 9110 §13.1.3',
      `If-Modified-Since with ${title} is served`,
      get(file, `If-Modified-Since: ${value}`),
      served,
    ),
  ),
  ...noDates.map((value) =>
    must(
      'RFC 9110 §13.1.3',
      `If-Modified-Since with ${JSON.stringify(value)} is passed over`,
      get(file, `If-Modified-Since: ${value}`),
      lenient.has(value) ? [served, unchanged] : served,
    ),
  ),
  must(
    'RFC 9110 §13.1.3',
    'If-Modified-Since of HEAD is unchanged',
    head(file, 'If-Modified-Since: {date}'),
    unchanged,
  ),
  must(
    'RFC 9110 §13.1.3',
    'If-Modified-Since is passed over with other methods',
    request('DELETE', file, `If-Modified-Since: ${after}`),
    kept(405),
  ),
  must(
    'RFC 9110 §13.1.3',
    'If-Modified-Since of a missing file is not found',
    get('/nothing', `If-Modified-Since: ${after}`),
    kept(404),
  ),
  feature(
    'RFC 9110 §13.1.3',
    'If-Modified-Since with a date to come is unchanged',
    get(file, 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'),
    [unchanged, served],
  ),
  ...laterDates.map(([title, value]) =>
    must(
      'RFC 9110 §13.1.4',
      `If-Unmodified-Since with ${title} is served`,
      get(file, `If-Unmodified-Since: ${value}`),
      served,
    ),
  ),
  ...earlierDates.map(([title, value]) =>
    must(
      'RFC 9110 §13.1.4',
      `If-Unmodified-Since with ${title} fails`,
      get(file, `If-Unmodified-Since: ${value}`),
      failed,
    ),
  ),
  ...noDates
    .filter((value) => !lenient.has(value))
    .map((value) =>
      must(
        'RFC 9110 §13.1.4',
        `If-Unmodified-Since with ${JSON.stringify(value)} is passed over`,
        get(file, `If-Unmodified-Since: ${value}`),
        served,
      ),
    ),
  must(
    'RFC 9110 §15.4.5',
    'a 304 has the tag of the file',
    get(file, 'If-None-Match: {etag}'),
    one({
      status: 304,
      check: (answer, { etag }) =>
        findValue(answer, 'etag')?.replace('W/', '') === etag?.replace('W/', '')
          ? undefined
          : 'another tag',
    }),
  ),
  must(
    'RFC 9110 §15.4.5',
    'a 304 by date has the tag of the file',
    get(file, 'If-Modified-Since: {date}'),
    one({ status: 304, fields: { ETag: /./ } }),
  ),
  ...['/hello.txt', '/prose.txt', '/index.html'].map((path) => {
    let full: Record<string, string | undefined> = {};
    return must(
      'RFC 9110 §15.4.5',
      `a 304 of ${path} repeats what a 200 says`,
      get(path) + get(path, 'If-None-Match: *'),
      {
        answers: [
          {
            status: 200,
            check: (answer) => {
              full = Object.fromEntries(repeated.map((name) => [name, findValue(answer, name)]));
              return undefined;
            },
          },
          {
            status: 304,
            check: (answer) => {
              const lost = repeated.find(
                (name) => full[name] !== undefined && findValue(answer, name) === undefined,
              );
              return lost && `no ${lost}`;
            },
          },
        ],
        connection: 'kept',
      },
    );
  }),
  should(
    'RFC 9110 §15.4.5',
    'a 304 says nothing of the content',
    get(file, 'If-None-Match: *'),
    one({ status: 304, fields: { 'Content-Type': null, 'Content-Encoding': null } }),
  ),
  must('RFC 9110 §13.1.2', 'the index is unchanged too', get('/', 'If-None-Match: *'), unchanged),
  must(
    'RFC 9110 §13.1.2',
    'an empty file is unchanged too',
    get('/empty.txt', 'If-None-Match: *'),
    unchanged,
  ),
  feature(
    'RFC 9110 §13.1.2',
    'a list of a thousand tags is read',
    get(
      file,
      `If-None-Match: ${Array.from({ length: 500 }, (_, index) => `"${index}"`).join(', ')}, {etag}`,
    ),
    unchanged,
  ),
  feature(
    'RFC 9110 §13.1.2',
    'what is unchanged is served again whole',
    get(file, 'If-None-Match: {etag}') + get(file),
    { answers: [{ status: 304 }, { status: 200, body: hello }], connection: 'kept' },
  ),
]);
