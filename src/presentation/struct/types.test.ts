import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  array,
  arrayCounted,
  boolean,
  bytes8,
  constant,
  enumeration,
  f64,
  flags,
  ipv4,
  ipv4Octets,
  padding,
  parseLayout,
  string8,
  struct,
  u16,
  u64,
  u8,
  union,
} from 'guichet/presentation';
import type { Codec, EncodableOf, JsonValue, json, text, ValueOf } from 'guichet/presentation';

/** True for the very same type only: the two conditional types are related just then. */
type Same<One, Other> =
  (<Type>() => Type extends One ? 1 : 2) extends <Type>() => Type extends Other ? 1 : 2
    ? true
    : false;

/** Compiles only when the two types are the same. */
function expectSame<One, Other>(same: Same<One, Other>): void {
  assert.equal(same, true);
}

const item = struct({ name: string8, marks: array(f64, 3) });

const packet = struct({
  magic: constant(u16, 0xcafe),
  source: ipv4,
  octets: ipv4Octets,
  gap: padding(2),
  status: enumeration(u8, { ok: 0, error: 1 }),
  control: flags(u8, ['syn', 'ack']),
  urgent: boolean,
  id: u64,
  key: bytes8,
  items: arrayCounted(u8, item),
});

const request = union(u8, 'kind', {
  login: [1, struct({ user: string8, since: u64 })],
  quit: [2, struct({})],
});

describe('the type of a layout', () => {
  it('is inferred from its fields, fillers left out', () => {
    expectSame<
      ValueOf<typeof packet>,
      {
        source: string;
        octets: readonly [number, number, number, number];
        status: 'ok' | 'error';
        control: Readonly<Record<'syn' | 'ack', boolean>>;
        urgent: boolean;
        id: bigint;
        key: Uint8Array;
        items: { name: string; marks: number[] }[];
      }
    >(true);
  });

  it('takes a little more than it gives: numbers for 64 bits, readonly arrays', () => {
    expectSame<EncodableOf<typeof packet>['id'], bigint | number>(true);
    expectSame<
      EncodableOf<typeof packet>['items'],
      readonly { readonly name: string; readonly marks: readonly number[] }[]
    >(true);
    packet satisfies Codec<ValueOf<typeof packet>>;
  });

  it('is a discriminated union for a union', () => {
    expectSame<
      ValueOf<typeof request>,
      { kind: 'login'; user: string; since: bigint } | { kind: 'quit' }
    >(true);
    const value = request.decode(request.encode({ kind: 'login', user: 'zoe', since: 1 }));
    if (value.kind === 'login') value.since satisfies bigint;
    // @ts-expect-error -- quit has no user.
    assert.throws(() => request.encode({ kind: 'quit', user: 'zoe' }));
  });

  it('refuses at compile time what it refuses when it runs', () => {
    // @ts-expect-error -- the port is missing.
    assert.throws(() => struct({ address: ipv4, port: u16 }).encode({ address: '127.0.0.1' }));
    // @ts-expect-error -- not one of the names.
    assert.throws(() => enumeration(u8, { ok: 0 }).encode('fine'));
    // @ts-expect-error -- a signed or a 64-bit integer cannot count.
    arrayCounted(u64, u8);
  });

  it('is unknown by field for a layout read from a text', () => {
    const layout = parseLayout('port:u16');
    expectSame<ValueOf<typeof layout>, Record<string, unknown>>(true);
  });

  it('is told for every codec, not structs alone', () => {
    expectSame<ValueOf<typeof text>, string>(true);
    expectSame<ValueOf<typeof json>, JsonValue>(true);
    expectSame<EncodableOf<typeof json>, unknown>(true);
  });
});
