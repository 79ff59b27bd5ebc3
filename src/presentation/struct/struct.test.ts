import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  array,
  arrayCounted,
  CodecError,
  constant,
  enumeration,
  FieldType,
  ipv4,
  LayoutError,
  padding,
  string8,
  struct,
  u16,
  u32,
  u8,
  union,
} from 'guichet/presentation';
import type { Codec, Reader, Writer } from 'guichet/presentation';

/** As a value from a command line comes: of no known type. */
function encodeAny(codec: Codec<unknown, never>, value: unknown): Uint8Array {
  return (codec as Codec<unknown>).encode(value);
}

function faultOf(work: () => unknown): {
  code: string;
  path: unknown;
  offset: unknown;
  text: string;
} {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof CodecError, String(error));
    const { path, offset } = error.details;
    return { code: error.code, path, offset, text: error.message };
  }
  throw new Error('nothing was refused');
}

const point = struct({ address: ipv4, port: u16 });
const packet = struct({
  magic: constant(u16, 0xcafe),
  header: point,
  gap: padding(1),
  items: arrayCounted(u8, struct({ name: string8, ports: array(u16, 2) })),
});
const value = {
  header: { address: '10.0.0.1', port: 80 },
  items: [
    { name: 'a', ports: [1, 2] },
    { name: 'bé', ports: [3, 4] },
  ],
};
const bytes = Buffer.from('cafe0a000001005000020161000100020362c3a900030004', 'hex');

describe('struct', () => {
  it('lays its fields out in order, without gaps, fillers by themselves', () => {
    assert.deepEqual(Buffer.from(packet.encode(value)), bytes);
    assert.deepEqual(packet.decode(bytes), value);
  });

  it('names the field and the byte of what it refuses to decode', () => {
    const damaged = (offset: number, ...replacement: number[]): Uint8Array => {
      const copy = Uint8Array.from(bytes);
      copy.set(replacement, offset);
      return copy;
    };
    assert.deepEqual(
      faultOf(() => packet.decode(damaged(0, 0xbe))),
      {
        code: 'MALFORMED',
        path: '.magic',
        offset: 0,
        text: '.magic, at byte 0: expected 0xcafe, got 0xbefe',
      },
    );
    assert.deepEqual(
      faultOf(() => packet.decode(damaged(18, 0xff))),
      {
        code: 'MALFORMED',
        path: '.items[1].name',
        offset: 18,
        text: '.items[1].name, at byte 18: expected UTF-8, got an ill-formed sequence',
      },
    );
    assert.deepEqual(
      faultOf(() => packet.decode(bytes.subarray(0, -1))),
      {
        code: 'TRUNCATED',
        path: '.items[1].ports[1]',
        offset: 22,
        text: '.items[1].ports[1], at byte 22: expected 2 bytes, 1 is left',
      },
    );
    assert.deepEqual(
      faultOf(() => packet.decode(Buffer.concat([bytes, bytes]))),
      {
        code: 'TRAILING_BYTES',
        path: '',
        offset: 24,
        text: 'At byte 24: expected the end of the value, got 24 more',
      },
    );
  });

  it('names the field and the byte of what it refuses to encode', () => {
    const header = { address: '10.0.0.256', port: 80 };
    assert.deepEqual(
      faultOf(() => packet.encode({ ...value, header })),
      {
        code: 'UNENCODABLE',
        path: '.header.address',
        offset: 2,
        text: '.header.address, at byte 2: expected an IPv4 address such as 127.0.0.1, got "10.0.0.256"',
      },
    );
    const items = [{ name: 'a', ports: [1, 65_536] }];
    assert.deepEqual(
      faultOf(() => packet.encode({ ...value, items })),
      {
        code: 'UNENCODABLE',
        path: '.items[0].ports[1]',
        offset: 14,
        text: '.items[0].ports[1], at byte 14: expected an integer from 0 to 65535, got 65536',
      },
    );
    for (const [given, path] of [
      [undefined, ''],
      [null, ''],
      ['text', ''],
      [{ items: [] }, '.header'],
      [{ header: { address: '10.0.0.1' }, items: [] }, '.header.port'],
      [{ ...value, items: { length: 1 } }, '.items'],
    ] as const) {
      const fault = faultOf(() => encodeAny(packet, given));
      assert.equal(fault.code, 'UNENCODABLE');
      assert.equal(fault.path, path);
    }
  });

  it('refuses a field that the layout has not, rather than to drop it', () => {
    const fault = faultOf(() =>
      encodeAny(packet, { ...value, header: { address: '10.0.0.1', port: 1, prot: 2 } }),
    );
    assert.equal(
      fault.text,
      '.header, at byte 8: expected only address or port, got the field "prot" as well',
    );
    assert.equal(faultOf(() => encodeAny(packet, { ...value, magic: 0xcafe })).code, 'UNENCODABLE');
  });

  it('reads fields through getters, and wraps what these throw', () => {
    class Inherited {
      get address(): string {
        return '10.0.0.1';
      }
      get port(): number {
        return 80;
      }
    }
    assert.equal(Buffer.from(point.encode(new Inherited())).toString('hex'), '0a0000010050');
    const cause = new TypeError('no');
    const broken = {
      address: '10.0.0.1',
      get port(): number {
        throw cause;
      },
    };
    assert.throws(() => struct({ point }).encode({ point: broken }), {
      name: 'CodecError',
      code: 'UNENCODABLE',
      cause,
    });
  });

  it('may encode while a getter of a value being encoded encodes', () => {
    const nested = {
      address: '10.0.0.1',
      get port(): number {
        return point.encode({ address: '255.255.255.255', port: 7 })[5] ?? 0;
      },
    };
    assert.equal(Buffer.from(point.encode(nested)).toString('hex'), '0a0000010007');
  });

  it('gives bytes and values that share no memory with what comes after', () => {
    const first = point.encode({ address: '1.2.3.4', port: 1 });
    point.encode({ address: '5.6.7.8', port: 2 });
    assert.equal(Buffer.from(first).toString('hex'), '010203040001');
  });

  it('decodes names of Object.prototype as fields like any other', () => {
    const odd = struct({ constructor: u8, hasOwnProperty: u8 });
    const decoded = odd.decode(Uint8Array.of(1, 2));
    assert.deepEqual(Object.entries(decoded), [
      ['constructor', 1],
      ['hasOwnProperty', 2],
    ]);
    assert.deepEqual(odd.encode(decoded), Buffer.of(1, 2));
  });

  it('holds to its limit of bytes both ways', () => {
    const small = struct({ names: arrayCounted(u8, string8) }, { maxBytes: 8 });
    assert.equal(small.encode({ names: ['abcdef'] }).length, 8);
    assert.equal(faultOf(() => small.encode({ names: ['abcdefg'] })).code, 'TOO_LARGE');
    assert.equal(faultOf(() => small.decode(new Uint8Array(9))).code, 'TOO_LARGE');
    const large = struct({ numbers: array(u32, 100_000) });
    const numbers = Array.from({ length: 100_000 }, (_, index) => index);
    assert.deepEqual(large.decode(large.encode({ numbers })), { numbers });
  });

  it('refuses a layout that cannot be', () => {
    const layouts = [
      () => struct({ '1': u8 }),
      () => struct({ 'a b': u8 }),
      () => struct({ ['__proto__']: u8 }),
      () => struct({ huge: array(array(u8, 1_000_000), 1_000_000) }),
      () => array(struct({}), 3),
      () => arrayCounted(u32, array(u8, 0)),
      () => array(u8, -1),
      () => array(u8, 1.5),
      () => enumeration(u8, { a: 256 }),
      () => enumeration(u8, { a: 1, b: 1 }),
      () => enumeration(u8, {}),
      () => union(u8, 'kind', { a: [1, struct({ kind: u8 })] }),
      () => union(u8, 'kind', { a: [-1, struct({})] }),
      () => union(u8, '__proto__', { a: [1, struct({})] }),
    ];
    for (const declare of layouts) {
      assert.throws(
        declare,
        (error) => error instanceof LayoutError && error.code === 'INVALID_LAYOUT',
      );
    }
  });
});

describe('union', () => {
  const request = union(u8, 'kind', {
    login: [1, struct({ user: string8 })],
    quit: [2, struct({})],
  });

  it('is announced by its number, and lies flat in the value', () => {
    const login = request.encode({ kind: 'login', user: 'zoe' });
    assert.equal(Buffer.from(login).toString('hex'), '01037a6f65');
    assert.deepEqual(request.decode(login), { kind: 'login', user: 'zoe' });
    assert.deepEqual(request.decode(Uint8Array.of(2)), { kind: 'quit' });
  });

  it('names the tag when the alternative is unknown, and the field inside it', () => {
    const body = struct({ body: request });
    assert.deepEqual(
      faultOf(() => body.decode(Uint8Array.of(3))),
      {
        code: 'MALFORMED',
        path: '.body.kind',
        offset: 0,
        text: '.body.kind, at byte 0: expected login (1) or quit (2), got 3',
      },
    );
    assert.equal(faultOf(() => encodeAny(body, { body: { kind: 'toString' } })).path, '.body.kind');
    assert.equal(faultOf(() => encodeAny(body, { body: { kind: 'login' } })).path, '.body.user');
    assert.equal(
      faultOf(() => encodeAny(body, { body: { kind: 'quit', user: '' } })).path,
      '.body',
    );
  });
});

describe('a field type of one’s own', () => {
  /** Seven bits a byte, the last byte without the top bit. */
  class VarintType extends FieldType<number> {
    readonly notation = 'varint';
    readonly minBytes = 1;

    read(reader: Reader): number {
      const start = reader.offset;
      let number = 0;
      for (let scale = 1; scale < 2 ** 35; scale *= 128) {
        const byte = reader.view.getUint8(reader.take(1));
        number += (byte & 0x7f) * scale;
        if (byte < 0x80) return number;
      }
      return reader.fail('MALFORMED', 'expected at most 5 bytes', start);
    }

    write(writer: Writer, given: unknown): void {
      if (typeof given !== 'number') writer.fail('UNENCODABLE', 'expected a number');
      let rest = given;
      for (; rest >= 128; rest = Math.floor(rest / 128)) {
        const offset = writer.reserve(1);
        writer.view.setUint8(offset, (rest % 128) | 0x80);
      }
      const offset = writer.reserve(1);
      writer.view.setUint8(offset, rest);
    }
  }

  it('reads, writes and refuses as the built-in ones', () => {
    const layout = struct({ sizes: arrayCounted(u8, new VarintType()) });
    const sizes = [0, 127, 128, 300, 2 ** 32];
    assert.deepEqual(layout.decode(layout.encode({ sizes })), { sizes });
    const endless = Uint8Array.of(1, 255, 255, 255, 255, 255, 255);
    assert.equal(faultOf(() => layout.decode(endless)).path, '.sizes[0]');
  });
});
