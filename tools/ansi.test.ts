import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnsi } from './ansi.ts';

test('a colour holds until it is reset, over line ends too', () => {
  assert.deepEqual(readAnsi('a\u001b[33mb\r\nc\u001b[0md\r\n'), [
    [
      { text: 'a', style: [] },
      { text: 'b', style: [33] },
    ],
    [
      { text: 'c', style: [33] },
      { text: 'd', style: [] },
    ],
  ]);
});

test('an output that moves the cursor is refused', () => {
  assert.throws(() => readAnsi('a\u001b[1Ab'), /more than colour/);
});
