import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  array,
  arrayCounted,
  boolean,
  bytes8,
  bytesCounted,
  bytesOf,
  constant,
  enumeration,
  f32,
  f64,
  flags,
  i16,
  i64,
  ipv4,
  ipv4Octets,
  ipv6,
  mac,
  padding,
  string8,
  stringCounted,
  stringOf,
  u16,
  u32,
  u32le,
  u64,
  u64le,
  u8,
} from 'guichet/presentation';
import type { Codec } from 'guichet/presentation';

function hexOf(codec: Codec<unknown, never>, value: unknown): string {
  return Buffer.from((codec as Codec<unknown>).encode(value)).toString('hex');
}

function fromHex(codec: Codec<unknown, never>, hex: string): unknown {
  return codec.decode(Buffer.from(hex, 'hex'));
}

function assertUnencodable(codec: Codec<unknown, never>, ...values: readonly unknown[]): void {
  for (const value of values) {
    assert.throws(() => hexOf(codec, value), { name: 'CodecError', code: 'UNENCODABLE' });
  }
}

describe('integers', () => {
  it('are big-endian unless their name ends in le', () => {
    assert.equal(hexOf(u16, 0x0102), '0102');
    assert.equal(hexOf(u32, 0xfffefdfc), 'fffefdfc');
    assert.equal(hexOf(u32le, 0x01020304), '04030201');
    assert.equal(hexOf(i16, -2), 'fffe');
    assert.equal(hexOf(u64, 2n ** 64n - 2n), 'fffffffffffffffe');
    assert.equal(hexOf(u64le, 1n), '0100000000000000');
    assert.equal(hexOf(i64, -1n), 'ffffffffffffffff');
  });

  it('refuse what does not fit, fractions and other types', () => {
    assertUnencodable(u8, -1, 256, 1.5, Number.NaN, '1', 1n, undefined, null, true, [1]);
    assertUnencodable(i16, -32_769, 32_768);
    assertUnencodable(u64, -1, -1n, 2n ** 64n, 2 ** 53, 0.5, '1', Number.POSITIVE_INFINITY);
    assertUnencodable(i64, 2n ** 63n, -(2n ** 63n) - 1n);
  });

  it('of 64 bits take a safe number as well', () => {
    assert.equal(hexOf(u64, 2 ** 53 - 1), '001fffffffffffff');
    assert.equal(hexOf(i64, -1), 'ffffffffffffffff');
    assert.equal(fromHex(u64, '0000000000000001'), 1n);
  });
});

describe('floats', () => {
  it('carry NaN, infinities and -0', () => {
    for (const type of [f32, f64]) {
      for (const value of [Number.NaN, Number.NEGATIVE_INFINITY, -0, 0.5]) {
        assert.ok(Object.is(type.decode(type.encode(value)), value));
      }
    }
  });

  it('of 32 bits round, and refuse what would round to infinity', () => {
    assert.equal(f32.decode(f32.encode(0.1)), Math.fround(0.1));
    const largest = 2 ** 128 - 2 ** 104;
    const almostTooLarge = 2 ** 128 - 2 ** 103 - 2 ** 75;
    assert.equal(f32.decode(f32.encode(almostTooLarge)), largest);
    assertUnencodable(f32, 2 ** 128 - 2 ** 103, -1e39);
    assertUnencodable(f64, '1', 1n);
  });
});

describe('choices', () => {
  it('are one byte of 0 or 1 for a boolean', () => {
    assert.equal(hexOf(boolean, true), '01');
    assert.throws(() => fromHex(boolean, '02'), { code: 'MALFORMED' });
    assertUnencodable(boolean, 1, 'true');
  });

  it('are names for an enumeration, and no other', () => {
    const status = enumeration(u8, { ok: 0, error: 1 });
    assert.equal(hexOf(status, 'error'), '01');
    assert.throws(() => fromHex(status, '02'), {
      message: 'At byte 0: expected ok (0) or error (1), got 2',
    });
    assertUnencodable(status, 'toString', 0, undefined);
  });

  it('are bits for flags, the lowest first, all of them named', () => {
    const names = Array.from({ length: 32 }, (_, bit) => `bit${bit}`);
    const all = flags(u32, names);
    const top = Object.fromEntries(names.map((name, bit) => [name, bit === 31]));
    assert.equal(hexOf(all, top), '80000000');
    assert.deepEqual(fromHex(all, '80000000'), top);
    const control = flags(u8, ['fin', 'syn']);
    assert.equal(hexOf(control, { fin: false, syn: true }), '02');
    assert.throws(() => fromHex(control, '04'), { code: 'MALFORMED' });
    assertUnencodable(control, { fin: true }, { fin: true, syn: 1 }, 3, null);
    assertUnencodable(control, { fin: true, syn: true, ack: true });
    assert.throws(() => flags(u8, names), { code: 'INVALID_LAYOUT' });
    assert.throws(() => flags(u8, ['a', 'a']), { code: 'INVALID_LAYOUT' });
  });
});

describe('addresses', () => {
  it('are four bytes for IPv4, as text or as an array of 4 integers', () => {
    assert.equal(hexOf(ipv4, '127.0.0.1'), '7f000001');
    assert.equal(hexOf(ipv4Octets, [127, 0, 0, 1]), '7f000001');
    assert.deepEqual(fromHex(ipv4Octets, '7f000001'), [127, 0, 0, 1]);
    assertUnencodable(ipv4, '127.0.0', '127.0.0.1.1', '127.0.0.01', '127.0.0.256', '1..2.3', '', 1);
    assertUnencodable(ipv4Octets, [127, 0, 0], [1, 2, 3, 4, 5], [1, 2, 3, 256], '127.0.0.1');
    assert.throws(() => ipv4Octets.encode([1, 2, -3, 4]), {
      details: { path: '[2]', offset: 2, problem: 'expected an integer from 0 to 255, got -3' },
    });
  });

  it('are written for IPv6 as RFC 5952 says', () => {
    const cases: [given: string, canonical: string][] = [
      ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
      ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
      ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
      ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
      ['0:0:0:0:0:0:0:0', '::'],
      ['1:0:0:0:0:0:0:0', '1::'],
      ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
      ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
      ['::ffff:c000:201', '::ffff:192.0.2.1'],
      ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ];
    for (const [given, canonical] of cases)
      assert.equal(ipv6.decode(ipv6.encode(given)), canonical);
  });

  it('refuse for IPv6 what RFC 4291 does not write', () => {
    assertUnencodable(ipv6, '', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9');
    assertUnencodable(ipv6, '1:2:3:4:5:6:7:8::', '12345::', 'fe80::1%eth0', '1.2.3.4', '::1.2.3');
    assertUnencodable(ipv6, '1.2.3.4::', '::1.2.3.4:5', ':1::', '1::2:', 'g::', 1, undefined);
  });

  it('are six bytes for hardware, one separator throughout', () => {
    assert.equal(hexOf(mac, '52-54-00-AB-cd-ef'), '525400abcdef');
    assert.equal(fromHex(mac, '525400abcdef'), '52:54:00:ab:cd:ef');
    assertUnencodable(mac, '52:54:00:ab:cd', '52:54-00:ab:cd:ef', '525400abcdef', '', null);
  });
});

describe('bytes and strings', () => {
  it('are filled up with NUL when their length is fixed', () => {
    const name = stringOf(4);
    assert.equal(hexOf(name, 'é'), 'c3a90000');
    assert.equal(fromHex(name, '61626364'), 'abcd');
    assert.equal(fromHex(name, '00000000'), '');
    assert.throws(() => fromHex(name, '61006200'), {
      code: 'MALFORMED',
      details: { path: '', offset: 2, problem: 'expected NUL up to the end, got 98' },
    });
    assert.throws(() => fromHex(name, 'c3000000'), { code: 'MALFORMED' });
    assert.throws(() => hexOf(name, 'ééé'), { code: 'TOO_LARGE' });
    assertUnencodable(name, 'a\0', 12, '\uD800');
  });

  it('stand after their count otherwise', () => {
    assert.equal(hexOf(string8, 'é'), '02c3a9');
    assert.equal(hexOf(bytes8, Uint8Array.of(1, 2)), '020102');
    assert.throws(() => hexOf(string8, 'x'.repeat(256)), { code: 'TOO_LARGE' });
    assert.throws(() => hexOf(bytes8, new Uint8Array(256)), { code: 'TOO_LARGE' });
    assertUnencodable(string8, undefined, 5, 'a\uDFFF');
    assertUnencodable(bytes8, 'ab', [1, 2]);
    assertUnencodable(bytesOf(2), Uint8Array.of(1), new Uint8Array(3), '12');
  });

  it('refuse a count over the limit before anything is read', () => {
    assert.throws(() => fromHex(stringCounted(u32, { maxBytes: 4 }), '00000005'), {
      message: 'At byte 0: expected at most 4 bytes, got 5',
    });
    assert.throws(() => fromHex(bytesCounted(u32), 'ffffffff'), { code: 'TOO_LARGE' });
    assert.throws(() => fromHex(bytesCounted(u16), 'ffff'), { code: 'TRUNCATED' });
    assert.throws(() => fromHex(arrayCounted(u32, u8), '00010001'), { code: 'TOO_LARGE' });
    assert.throws(() => hexOf(arrayCounted(u8, u8, { maxItems: 1 }), [1, 2]), {
      code: 'TOO_LARGE',
    });
  });

  it('are copies, when decoded', () => {
    const frame = Buffer.of(1, 7);
    const decoded = bytes8.decode(frame);
    frame[1] = 8;
    assert.deepEqual(decoded, Uint8Array.of(7));
  });
});

describe('arrays', () => {
  it('have as many items as declared', () => {
    assert.equal(hexOf(array(u16, 2), [1, 2]), '00010002');
    assert.equal(hexOf(arrayCounted(u8, u16), []), '00');
    assertUnencodable(array(u8, 2), [1], [1, 2, 3], Uint8Array.of(1, 2), undefined);
    const sparse: number[] = [];
    sparse[1] = 1;
    assertUnencodable(array(u8, 2), sparse);
  });
});

describe('fillers', () => {
  it('are zeros when written and anything when read, for padding', () => {
    assert.equal(hexOf(padding(3), undefined), '000000');
    assert.equal(fromHex(padding(2), 'beef'), undefined);
    assert.throws(() => fromHex(padding(2), '00'), { code: 'TRUNCATED' });
  });

  it('are the same bytes always, for a constant of any type', () => {
    const version = constant(string8, 'v1');
    assert.equal(hexOf(version, undefined), '027631');
    assert.throws(() => fromHex(version, '027632'), {
      message: 'At byte 0: expected 0x027631, got 0x027632',
    });
    assert.throws(() => constant(u8, 256), { code: 'UNENCODABLE' });
  });
});
