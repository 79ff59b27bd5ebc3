import assert from 'node:assert/strict';
import { CodecError, json, LayoutError, parseLayout, text } from '../../src/presentation/index.ts';
import type { Codec } from '../../src/presentation/index.ts';
import type { FuzzTarget } from './target.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function toBytes(texts: readonly string[]): Uint8Array[] {
  return texts.map((each) => Buffer.from(each, 'latin1'));
}

/** The value, or the documented error as the code it carries. */
function decode<Value>(codec: Codec<Value, never>, bytes: Uint8Array): { value: Value } | string {
  try {
    return { value: codec.decode(bytes) };
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const { offset } = error.details;
    assert.ok(typeof offset === 'number' && offset >= 0 && offset <= bytes.length);
    return error.code;
  }
}

const textTarget: FuzzTarget = {
  name: 'text',
  seeds: [Buffer.from('Zoé, 12 €, 😀, \uFEFF\uFFFD'), Buffer.from('bonjour')],
  tokens: toBytes(['\xc3', '\xe2\x82', '\xf0\x9f\x98\x80', '\xed\xa0\x80', '\xef\xbf\xbd', '\xc0']),
  run(bytes) {
    const result = decode(text, bytes);
    let expected: string | undefined;
    try {
      expected = utf8.decode(bytes);
    } catch (error) {
      assert.ok(error instanceof TypeError);
    }
    assert.deepEqual(result, expected === undefined ? 'MALFORMED' : { value: expected });
  },
};

const jsonTarget: FuzzTarget = {
  name: 'json',
  seeds: toBytes([
    '{"jsonrpc":"2.0","id":1,"method":"a.b","params":{"x":[1.5e3,-0,true,null]}}',
    '[[[["\\u00e9\\n"]]],{"__proto__":{"a":1}}]\r\n',
    `${'['.repeat(600)}${']'.repeat(600)}`,
  ]),
  tokens: toBytes(['[', ']', '{', '}', '"', ',', ':', '\\', '\\u', 'null', 'true', '1e', '-', '.']),
  run(bytes) {
    const result = decode(json, bytes);
    let expected: unknown;
    try {
      expected = JSON.parse(utf8.decode(bytes));
    } catch {
      assert.equal(typeof result, 'string');
      return;
    }
    if (result === 'TOO_DEEP') return;
    assert.ok(typeof result === 'object');
    assert.deepEqual(result.value, expected);
  },
};

/** One of everything. */
const layout = parseLayout(
  'magic:u16=0xcafe,id:u64,status:u8{ok=0,error=1},control:u8(fin,syn),from:ipv6,gap:pad[1],' +
    'name:string[4],points:{x:f32le,y:i16}[u8,9],body:u8<kind>{login=1{user:string8},quit=2},' +
    'keys:bytes[u16][2]',
);

const structTarget: FuzzTarget = {
  name: 'struct',
  seeds: [
    layout.encode({
      id: 1n,
      status: 'ok',
      control: { fin: true, syn: false },
      from: '2001:db8::1',
      name: 'Zoé',
      points: [{ x: 1, y: 2 }],
      body: { kind: 'login', user: 'zoe' },
      keys: [Buffer.from('ab'), Buffer.from('')],
    }),
  ],
  tokens: toBytes(['\xca\xfe', '\xff\xff', '\x02', '\x01']),
  run(bytes) {
    const result = decode(layout, bytes);
    if (typeof result === 'string') return;
    assert.deepEqual(layout.decode(layout.encode(result.value)), result.value);
  },
};

const layoutTarget: FuzzTarget = {
  name: 'layout',
  seeds: toBytes([layout.notation, 'address:ipv4,port:u16', 'a:{b:{c:u8[3]}[u16]}']),
  tokens: toBytes([
    '{',
    '}',
    '[',
    ']',
    '<',
    '>',
    '(',
    ')',
    '=',
    ':',
    ',',
    '0x',
    'u8',
    'string',
    'pad',
  ]),
  run(bytes) {
    let { notation } = layout;
    try {
      ({ notation } = parseLayout(Buffer.from(bytes).toString('utf8')));
    } catch (error) {
      if (!(error instanceof LayoutError)) throw error;
    }
    assert.equal(parseLayout(notation).notation, notation);
  },
};

/** The codecs, against the strict decoders of the platform where there are such. */
export const codecTargets: readonly FuzzTarget[] = [
  textTarget,
  jsonTarget,
  structTarget,
  layoutTarget,
];
