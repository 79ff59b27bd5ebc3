import { findValue } from '../answers.ts';
import { feature, get, group, head, kept, must, one, request, should, statuses } from '../case.ts';
import { digits, noise } from '../fixture.ts';

const file = '/digits.txt';
const before = 'Mon, 01 Jan 2024 00:00:00 GMT';
const after = 'Wed, 03 Jan 2024 00:00:00 GMT';

const whole = one({ status: 200, body: digits });

function part(first: number, last: number) {
  return one({
    status: 206,
    body: digits.slice(first, last + 1),
    fields: {
      'Content-Range': `bytes ${first}-${last}/1000`,
      'Content-Length': String(last - first + 1),
    },
  });
}

const unsatisfiable = one({ status: 416, fields: { 'Content-Range': 'bytes */1000' } });

const single: readonly (readonly [range: string, first: number, last: number])[] = [
  ['bytes=0-0', 0, 0],
  ['bytes=0-9', 0, 9],
  ['bytes=10-19', 10, 19],
  ['bytes=0-', 0, 999],
  ['bytes=500-', 500, 999],
  ['bytes=999-', 999, 999],
  ['bytes=999-999', 999, 999],
  ['bytes=-1', 999, 999],
  ['bytes=-10', 990, 999],
  ['bytes=-1000', 0, 999],
  ['bytes=0-999', 0, 999],
  ['bytes=0-1000', 0, 999],
  ['bytes=990-5000', 990, 999],
  ['bytes=-5000', 0, 999],
  ['bytes=0-99999999999999999999999', 0, 999],
  ['bytes=-99999999999999999999999', 0, 999],
  ['bytes=00000010-00000019', 10, 19],
];

const outOfBounds: readonly string[] = [
  'bytes=1000-',
  'bytes=1000-1001',
  'bytes=5000-6000',
  'bytes=-0',
  'bytes=99999999999999999999999-',
  'bytes=1000-1001,2000-3000',
];

/** What is no range is as if it were not there. */
const noRanges: readonly string[] = [
  '',
  'bytes',
  'bytes=',
  'bytes=-',
  'bytes=a-b',
  'bytes=0-a',
  'bytes=a-9',
  'bytes=9-0',
  'bytes=500-499',
  'bytes=0',
  'bytes=0-9-19',
  'bytes=--9',
  'bytes=+0-9',
  'bytes=0-+9',
  'bytes=0x0-0x9',
  'bytes=0.5-9',
  'bytes=0-9;q=1',
  'bytes 0-9',
  'bytes:0-9',
  'bytes=0-9/1000',
  '0-9',
  '=0-9',
  'bytes==0-9',
  'bytes=0-9,9-0',
  'bytes=0-9,x',
  'bytes=0 9',
];

const otherUnits: readonly string[] = [
  'seconds=0-9',
  'items=0-5',
  'none',
  'none=0-9',
  'bytess=0-9',
  'byte=0-9',
  'x-bytes=0-9',
];

/** Range requests (RFC 9110, section 14). */
export const rangeCases = group('ranges', [
  should(
    'RFC 9110 §14.3',
    'it is said that ranges can be had',
    get(file),
    one({ fields: { 'Accept-Ranges': 'bytes' } }),
  ),
  ...single.map(([range, first, last]) =>
    must(
      'RFC 9110 §14.1.2',
      `${range} is bytes ${first} to ${last}`,
      get(file, `Range: ${range}`),
      first === 0 && last === 999 ? [part(first, last), whole] : part(first, last),
    ),
  ),
  must('RFC 9110 §14.1', 'the unit is the same in any case', get(file, 'Range: Bytes=0-9'), [
    part(0, 9),
    whole,
  ]),
  feature(
    'RFC 9110 §5.6.1',
    'spaces around a range are taken or passed over',
    get(file, 'Range: bytes= 0-9'),
    [part(0, 9), whole],
  ),
  must(
    'RFC 9110 §5.6.1',
    'empty members of the list are passed over',
    get(file, 'Range: bytes=,0-9,'),
    [part(0, 9), whole],
  ),
  ...outOfBounds.map((range) =>
    must(
      'RFC 9110 §15.5.17',
      `${range} cannot be had`,
      get(file, `Range: ${range}`),
      range === 'bytes=-0' ? [unsatisfiable, whole] : unsatisfiable,
    ),
  ),
  must(
    'RFC 9110 §15.5.17',
    'the connection goes on after 416',
    get(file, 'Range: bytes=5000-'),
    kept(416),
  ),
  ...noRanges.map((range) =>
    must('RFC 9110 §14.2', `${JSON.stringify(range)} is no range`, get(file, `Range: ${range}`), [
      whole,
      statuses([400, 416]),
    ]),
  ),
  ...noRanges
    .filter((range) => range !== 'bytes=0-9,x')
    .map((range) =>
      should(
        'RFC 9110 §14.2',
        `${JSON.stringify(range)} is passed over`,
        get(file, `Range: ${range}`),
        whole,
      ),
    ),
  ...otherUnits.map((range) =>
    must(
      'RFC 9110 §14.2',
      `the unit of ${range} is passed over`,
      get(file, `Range: ${range}`),
      whole,
    ),
  ),
  must(
    'RFC 9110 §15.3.7',
    'a part has the tag of the whole',
    get(file, 'Range: bytes=0-9'),
    one({
      status: 206,
      check: (answer, { digits: tag }) =>
        findValue(answer, 'etag') === tag ? undefined : 'another tag',
    }),
  ),
  must(
    'RFC 9110 §15.3.7',
    'a part has the date of the whole',
    get(file, 'Range: bytes=0-9'),
    one({ status: 206, fields: { 'Last-Modified': /2024/ } }),
  ),
  must(
    'RFC 9110 §15.3.7',
    'a part has the type of the whole',
    get(file, 'Range: bytes=0-9'),
    one({ status: 206, fields: { 'Content-Type': /^text\/plain/ } }),
  ),
  must('RFC 9110 §15.3.7', 'a part goes on', get(file, 'Range: bytes=0-9'), kept(206)),
  must(
    'RFC 9110 §14.2',
    'a part of a large file is right',
    get('/noise.bin', 'Range: bytes=524288-655359'),
    one({ status: 206, body: noise.subarray(524_288, 655_360) }),
  ),
  must('RFC 9110 §14.2', 'HEAD heeds no range', head(file, 'Range: bytes=0-9'), [
    one({ status: 200, fields: { 'Content-Range': null } }),
    one({ status: 206 }),
  ]),
  should(
    'RFC 9110 §14.2',
    'HEAD with a range is answered 200',
    head(file, 'Range: bytes=0-9'),
    one({ status: 200, fields: { 'Content-Length': '1000', 'Content-Range': null } }),
  ),
  should(
    'RFC 9110 §14.2',
    'HEAD with a range out of bounds is answered 200',
    head(file, 'Range: bytes=5000-'),
    statuses(200),
  ),
  must(
    'RFC 9110 §14.2',
    'POST heeds no range',
    request('POST', file, 'Range: bytes=0-9', 'Content-Length: 0'),
    kept(405),
  ),
  must(
    'RFC 9110 §14.2',
    'a missing file with a range is not found',
    get('/nothing', 'Range: bytes=0-9'),
    kept(404),
  ),
  must(
    'RFC 9110 §14.1.2',
    'a range of an empty file cannot be had',
    get('/empty.txt', 'Range: bytes=0-'),
    [
      one({ status: 416, fields: { 'Content-Range': 'bytes */0' } }),
      one({ status: 200, body: '' }),
    ],
  ),
  must(
    'RFC 9110 §14.1.2',
    'a suffix of an empty file cannot be had',
    get('/empty.txt', 'Range: bytes=-5'),
    [
      one({ status: 416, fields: { 'Content-Range': 'bytes */0' } }),
      one({ status: 200, body: '' }),
    ],
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range with the tag is heeded',
    get(file, 'If-Range: {digits}', 'Range: bytes=0-9'),
    part(0, 9),
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range with another tag gives the whole',
    get(file, 'If-Range: "other"', 'Range: bytes=0-9'),
    whole,
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range with the tag made weak gives the whole',
    get(file, 'If-Range: W/{digits}', 'Range: bytes=0-9'),
    whole,
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range with the date is heeded',
    get(file, 'If-Range: {digits date}', 'Range: bytes=0-9'),
    [part(0, 9), whole],
  ),
  should(
    'RFC 9110 §13.1.5',
    'If-Range with the date gives the part',
    get(file, 'If-Range: {digits date}', 'Range: bytes=0-9'),
    part(0, 9),
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range with an earlier date gives the whole',
    get(file, `If-Range: ${before}`, 'Range: bytes=0-9'),
    whole,
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range with a later date gives the whole',
    get(file, `If-Range: ${after}`, 'Range: bytes=0-9'),
    whole,
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range with no date or tag gives the whole',
    get(file, 'If-Range: nonsense', 'Range: bytes=0-9'),
    whole,
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range with the tag without quotes gives the whole',
    get(file, 'If-Range: other', 'Range: bytes=0-9'),
    whole,
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range with a star gives the whole',
    get(file, 'If-Range: *', 'Range: bytes=0-9'),
    whole,
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range without a range is passed over',
    get(file, 'If-Range: "other"'),
    whole,
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range with another tag gives the whole for a range out of bounds',
    get(file, 'If-Range: "other"', 'Range: bytes=5000-'),
    whole,
  ),
  must(
    'RFC 9110 §13.1.5',
    'If-Range with the tag leaves a range out of bounds as it is',
    get(file, 'If-Range: {digits}', 'Range: bytes=5000-'),
    unsatisfiable,
  ),
  must(
    'RFC 9110 §14.2',
    'a range of a compressible file is of one representation',
    get('/prose.txt', 'Range: bytes=0-4'),
    one({ status: 206, body: 'Line ' }),
  ),
  must(
    'RFC 9110 §14.2',
    'a range of a compressed file is of one representation',
    get('/prose.txt', 'Range: bytes=0-4', 'Accept-Encoding: gzip'),
    one({
      check: (answer) => {
        const coding = findValue(answer, 'content-encoding');
        if (answer.status === 206 && coding === undefined)
          return answer.body.toString() === 'Line ' ? undefined : 'another part';
        if (answer.status === 206)
          return answer.body[0] === 0x1f && answer.body[1] === 0x8b
            ? undefined
            : 'not of the compressed';
        return answer.status === 200 ? undefined : `status ${answer.status}`;
      },
    }),
  ),
  must(
    'RFC 9110 §14.2',
    'a range of the index is served',
    get('/', 'Range: bytes=0-8'),
    one({ status: 206, body: '<!doctype' }),
  ),
]);
