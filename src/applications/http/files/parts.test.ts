import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Sites, get, statusOf, textOf } from '../../../../test/support/file-site.ts';
import type { Fields } from '../../../../test/support/file-site.ts';
import { fieldOf, readContent } from '../../../../test/support/http-request.ts';

const sites = new Sites();
after(() => sites[Symbol.dispose]());

const text = 'There is a tide in the affairs of men.\n'.repeat(100);

describe('conditions', () => {
  const { handler } = sites.make({ 'a.txt': 'abc' });
  const date = 'Fri, 02 Jan 2026 03:04:05 GMT';
  const before = 'Fri, 02 Jan 2026 03:04:04 GMT';

  test('are judged in their precedence', async () => {
    const tag = fieldOf(await get(handler, '/a.txt'), 'ETag') ?? '';
    const cases: readonly (readonly [Fields, number])[] = [
      [{ 'If-None-Match': tag }, 304],
      [{ 'If-None-Match': `W/${tag}` }, 304],
      [{ 'If-None-Match': `"a,b", ${tag}` }, 304],
      [{ 'If-None-Match': '*' }, 304],
      [{ 'If-None-Match': '"other"' }, 200],
      [{ 'If-None-Match': '"other"', 'If-Modified-Since': date }, 200],
      [{ 'If-None-Match': tag, 'If-Modified-Since': before }, 304],
      [{ 'If-None-Match': tag.replaceAll('"', '') }, 200],
      [{ 'If-Modified-Since': date }, 304],
      [{ 'If-Modified-Since': 'Friday, 02-Jan-26 03:04:05 GMT' }, 304],
      [{ 'If-Modified-Since': 'Fri Jan  2 03:04:05 2026' }, 304],
      [{ 'If-Modified-Since': before }, 200],
      [{ 'If-Modified-Since': 'yesterday' }, 200],
      [{ 'If-Match': tag }, 200],
      [{ 'If-Match': '*' }, 200],
      [{ 'If-Match': `W/${tag}` }, 412],
      [{ 'If-Match': '"other"' }, 412],
      [{ 'If-Match': '"other"', 'If-None-Match': tag }, 412],
      [{ 'If-Match': tag, 'If-Unmodified-Since': before }, 200],
      [{ 'If-Match': tag, 'If-None-Match': tag }, 304],
      [{ 'If-Unmodified-Since': date }, 200],
      [{ 'If-Unmodified-Since': before }, 412],
      [{ 'If-Unmodified-Since': 'never' }, 200],
      [{ 'If-Match': '"other"', Range: 'bytes=0-0' }, 412],
      [{ 'If-None-Match': tag, Range: 'bytes=0-0' }, 304],
      [{ 'If-Range': tag, Range: 'bytes=0-0' }, 206],
      [{ 'If-Range': `W/${tag}`, Range: 'bytes=0-0' }, 200],
      [{ 'If-Range': '"other"', Range: 'bytes=0-0' }, 200],
      [{ 'If-Range': '"other"', Range: 'bytes=9-' }, 200],
      [{ 'If-Range': date, Range: 'bytes=0-0' }, 206],
      [{ 'If-Range': before, Range: 'bytes=0-0' }, 200],
      [{ 'If-Range': tag }, 200],
    ];
    for (const [fields, status] of cases) {
      assert.equal(await statusOf(handler, '/a.txt', fields), status, JSON.stringify(fields));
      const alike = status === 206 ? 200 : status;
      assert.equal(await statusOf(handler, '/a.txt', fields, 'HEAD'), alike);
    }
  });

  test('met by what the client has are answered without a content and its fields', async () => {
    const { handler: own } = sites.make(
      { 'a.txt': 'abc' },
      { cacheControl: 'max-age=60', headers: [{ match: '*', headers: { 'X-Own': 'yes' } }] },
    );
    const whole = await get(own, '/a.txt');
    const tag = fieldOf(whole, 'ETag') ?? '';
    const response = await get(own, '/a.txt', { 'If-None-Match': tag });
    assert.deepEqual(response.headers, [
      ['ETag', tag],
      ['Vary', 'Accept-Encoding'],
      ['Cache-Control', 'max-age=60'],
      ['X-Own', 'yes'],
    ]);
    assert.equal((await readContent(response.content)).length, 0);
  });
});

describe('ranges', () => {
  const digits = '0123456789';
  const { handler } = sites.make({
    'digits.txt': digits,
    'empty.txt': '',
    'large.txt': text.repeat(200),
  });

  for (const [range, status, content, described] of [
    ['bytes=0-4', 206, '01234', 'bytes 0-4/10'],
    ['bytes=5-', 206, '56789', 'bytes 5-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, digits, 'bytes 0-9/10'],
    ['bytes=3-99', 206, '3456789', 'bytes 3-9/10'],
    ['Bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=0-0,', 206, '0', 'bytes 0-0/10'],
    ['bytes=0-0,20-30', 206, '0', 'bytes 0-0/10'],
    ['bytes=0-4,2-6', 206, '0123456', 'bytes 0-6/10'],
    ['bytes=10-', 416, '', undefined],
    ['bytes=-0', 416, '', undefined],
    ['bytes=99999999999999999999-', 416, '', undefined],
    ['bytes=0-99999999999999999999', 206, digits, 'bytes 0-9/10'],
    ['bytes=4-2', 200, digits, undefined],
    ['bytes=a-b', 200, digits, undefined],
    ['bytes=-', 200, digits, undefined],
    ['bytes=', 200, digits, undefined],
    ['bytes 0-4', 200, digits, undefined],
    ['lines=0-4', 200, digits, undefined],
    [`bytes=${'0-0,'.repeat(65)}`, 200, digits, undefined],
  ] as const) {
    test(`such as ${range.slice(0, 30)} are answered ${status}`, async () => {
      if (status === 416) {
        await assert.rejects(get(handler, '/digits.txt', { Range: range }), {
          code: 'RANGE_NOT_SATISFIABLE',
          headers: [['Content-Range', 'bytes */10']],
        });
        return;
      }
      const response = await get(handler, '/digits.txt', { Range: range });
      assert.equal(response.status, status);
      assert.equal(fieldOf(response, 'Content-Range'), described);
      assert.equal(await textOf(response), content);
    });
  }

  for (const file of ['digits.txt', 'large.txt']) {
    test(`of ${file} that are several come as parts`, async () => {
      const whole = await textOf(await get(handler, `/${file}`));
      const response = await get(handler, `/${file}`, { Range: 'bytes=6-7,0-1,-1' });
      assert.equal(response.status, 206);
      assert.equal(fieldOf(response, 'Content-Range'), undefined);
      const boundary = /^multipart\/byteranges; boundary=(\w+)$/.exec(
        fieldOf(response, 'Content-Type') ?? '',
      )?.[1];
      const end = whole.length - 1;
      const parts = ['6-7', '0-1', `${end}-${end}`].map((range) => {
        const [first = 0, last = 0] = range.split('-').map(Number);
        const head = `Content-Type: text/plain; charset=utf-8\r\nContent-Range: bytes ${range}/${whole.length}`;
        return `--${boundary}\r\n${head}\r\n\r\n${whole.slice(first, last + 1)}\r\n`;
      });
      assert.equal(await textOf(response), `${parts.join('')}--${boundary}--\r\n`);
    });
  }

  test('of an empty file are not there, its last bytes are all of it', async () => {
    assert.equal(await statusOf(handler, '/empty.txt', { Range: 'bytes=0-' }), 416);
    assert.equal(await statusOf(handler, '/empty.txt', { Range: 'bytes=-5' }), 200);
  });

  test('mean nothing to HEAD', async () => {
    const response = await get(handler, '/large.txt', { Range: 'bytes=0-4' }, 'HEAD');
    assert.equal(response.status, 200);
    assert.equal(response.contentLength, text.length * 200);
  });
});
