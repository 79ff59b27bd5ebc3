import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { hexdump } from './index.ts';

const every = Uint8Array.from({ length: 256 }, (_, index) => index);

test('a line has an offset, the bytes in two groups of 8, and the printable characters', () => {
  assert.deepEqual(hexdump(Buffer.from('0123456789abcdef\u007f ~\u0000é')), [
    '00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef',
    '00000010  7f 20 7e 00 c3 a9                                 . ~...',
  ]);
});

test('nothing draws nothing', () => {
  assert.deepEqual(hexdump(new Uint8Array(0)), []);
});

test('a full line fits in a terminal of 80 columns with 3 to spare', () => {
  const [line = ''] = hexdump(every);
  assert.equal(line.length, 76);
});

test('offsets begin where they are told to, and may outgrow their 8 digits', () => {
  const [first, second] = hexdump(every.subarray(0, 17), { offset: 0x1a });
  assert.equal(first?.slice(0, 10), '0000001a  ');
  assert.equal(second, '0000002a  10                                                .');
  assert.match(hexdump(every, { offset: 2 ** 33 })[0] ?? '', /^200000000 {2}00 01/);
});

test('the width of a line can be chosen', () => {
  assert.deepEqual(hexdump(Buffer.from('abcdefghijk'), { width: 4 }), [
    '00000000  61 62 63 64  abcd',
    '00000004  65 66 67 68  efgh',
    '00000008  69 6a 6b     ijk',
  ]);
});

test('what is beyond the limit is counted in one more line, in the words given', () => {
  const lines = hexdump(every, { maxBytes: 32 });
  assert.equal(lines.length, 3);
  assert.equal(lines[2], '          … 224 more bytes');
  assert.equal(hexdump(every, { maxBytes: 255 }).at(-1), '          … 1 more byte');
  assert.equal(hexdump(every, { maxBytes: 256 }).length, 16);
  const more = (count: number): string => `… ${count} octets de plus`;
  assert.equal(hexdump(every, { maxBytes: 16, more })[1], '          … 240 octets de plus');
});

test('it says what hexdump -C of the system would of any bytes', () => {
  const { status, stdout } = spawnSync(
    '/usr/bin/python3',
    ['-c', 'import sys; print(bytes(range(256)).hex(" ", 1))'],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0);
  const drawn = hexdump(every).map((line) => line.slice(10, 59).replace('  ', ' ').trim());
  assert.equal(drawn.join(' '), stdout.trim());
});

test('the bytes can be read back from the lines, and the characters are printable ASCII', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const lines = hexdump(bytes, { maxBytes: 600 });
      const hexadecimal = lines.map((line) => line.slice(10, 59).replaceAll(' ', '')).join('');
      assert.equal(hexadecimal, Buffer.from(bytes).toString('hex'));
      for (const line of lines) assert.match(line, /^[\u0020-\u007e]*$/);
    }),
  );
});
