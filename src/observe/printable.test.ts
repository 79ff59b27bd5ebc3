import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { escapeControls, escapeJson, printable } from './index.ts';

/** What a terminal may be given: no control, nothing that is not seen or reverses what follows. */
const safe = /^(?:[\u200c\u200d]|[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}])*$/u;

test('text in UTF-8 is read as it is', () => {
  for (const text of ['', 'bonjour', 'été à Noël', '日本語', '👩‍👧 👍🏽', 'नमस्ते', 'a\\x41', '�']) {
    assert.equal(printable(Buffer.from(text)), text);
  }
});

test('controls are escaped as Python and C write them', () => {
  const cases: [string, string][] = [
    ['\n', '\\n'],
    ['\r', '\\r'],
    ['\t', '\\t'],
    ['\0', '\\x00'],
    ['\u0007', '\\x07'],
    ['\u001b[31m\u001b]0;titre\u0007', '\\x1b[31m\\x1b]0;titre\\x07'],
    ['\u007f', '\\x7f'],
    ['\u009b2J', '\\x9b2J'],
    ['\u2028\u2029', '\\u2028\\u2029'],
  ];
  for (const [text, expected] of cases) assert.equal(printable(Buffer.from(text)), expected);
});

test('marks that are not seen, or reverse what follows, are escaped; joiners are not', () => {
  assert.equal(escapeControls('a\u202ebc\u2066d'), 'a\\u202ebc\\u2066d');
  assert.equal(escapeControls('\ufeffa\u200bb\u00adc'), '\\ufeffa\\u200bb\\xadc');
  assert.equal(escapeControls('\u{e0001}\u{e0041}'), '\\U000e0001\\U000e0041');
  assert.equal(escapeControls('\u200c\u200d'), '\u200c\u200d');
});

test('bytes that are not UTF-8 are escaped one by one, and those around them read on', () => {
  const cases: [number[], string][] = [
    [[0xff], '\\xff'],
    [[0xe9, 0x74, 0xe9], '\\xe9t\\xe9'],
    [[0xc3], '\\xc3'],
    [[0xc3, 0xa9, 0xc3], 'é\\xc3'],
    // Overlong, a surrogate, beyond the last code point, a sequence cut short (RFC 3629, section 3).
    [[0xc0, 0xaf], '\\xc0\\xaf'],
    [[0xe0, 0x80, 0xaf], '\\xe0\\x80\\xaf'],
    [[0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    [[0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
    [[0xf0, 0x9f, 0x98, 0x41], '\\xf0\\x9f\\x98A'],
    [[0xf8, 0x88, 0x80, 0x80, 0x80], '\\xf8\\x88\\x80\\x80\\x80'],
    [[0x80, 0xbf], '\\x80\\xbf'],
  ];
  for (const [bytes, expected] of cases) {
    assert.equal(printable(Uint8Array.from(bytes)), expected);
  }
});

test('a view in the middle of a buffer shows its own bytes alone', () => {
  assert.equal(printable(Buffer.from('xxbonjourxx').subarray(2, 9)), 'bonjour');
});

test('whatever the bytes, what is shown is safe for a terminal', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.match(printable(bytes), safe);
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.match(escapeControls(text), safe);
      assert.match(escapeJson(JSON.stringify(text)), safe);
    }),
  );
});

test('what is UTF-8 without controls is shown unchanged, and what is not never is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const text = Buffer.from(bytes).toString();
      const isShownAsItIs = printable(bytes) === text;
      if (isUtf8(bytes)) assert.equal(isShownAsItIs, safe.test(text));
      else assert.equal(isShownAsItIs, false);
    }),
    { numRuns: 500 },
  );
});

test('escaped JSON means the same', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      assert.deepEqual(JSON.parse(escapeJson(text)), JSON.parse(text));
    }),
  );
  assert.equal(escapeJson('"\u009b\u{e0001}é"'), '"\\u009b\\udb40\\udc01é"');
});

test('a megabyte of anything is shown in well under a second', () => {
  const start = performance.now();
  for (const byte of [0x41, 0x00, 0xff, 0xc3]) printable(Buffer.alloc(1_048_576, byte));
  assert.ok(performance.now() - start < 3_000);
});
