import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { LayoutError, layoutTypeNames, parseLayout } from 'guichet/presentation';

function faultOf(text: string): { code: string; offset: unknown; message: string } {
  try {
    parseLayout(text);
  } catch (error) {
    assert.ok(error instanceof LayoutError, String(error));
    return { code: error.code, offset: error.details['offset'], message: error.message };
  }
  throw new Error(`${text} was accepted`);
}

describe('the notation of layouts', () => {
  const cases: [text: string, value: Record<string, unknown>, hex: string][] = [
    ['', {}, ''],
    ['{}', {}, ''],
    ['address:ipv4,port:u16', { address: '127.0.0.1', port: 7000 }, '7f0000011b58'],
    [' { a : u8 , b : u8 } ', { a: 1, b: 2 }, '0102'],
    ['marks:f32[2]', { marks: [1, -1] }, '3f800000bf800000'],
    ['names:string8[u16]', { names: ['a', 'b'] }, '000201610162'],
    [
      'grid:u8[2][3]',
      {
        grid: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      },
      '010203040506',
    ],
    ['point:{x:i8,y:i8}', { point: { x: -1, y: 1 } }, 'ff01'],
    ['path:{x:i8}[u8]', { path: [{ x: 1 }, { x: 2 }] }, '020102'],
    ['name:string[4],key:bytes[2]', { name: 'ab', key: Uint8Array.of(1, 2) }, '616200000102'],
    ['name:string[u16,10],key:bytes[u8]', { name: 'ab', key: Uint8Array.of(1) }, '000261620101'],
    ['names:string[2][2]', { names: ['ab', 'c'] }, '61626300'],
    ['magic:u16=0xCAFE,n:i8=-1,gap:pad[2],v:u8', { v: 7 }, 'cafeff000007'],
    ['id:u64le=258,word:string[2]=0x6162', {}, '02010000000000006162'],
    ['status:u8{ok=0,error=0x10}', { status: 'error' }, '10'],
    ['flags:u8(fin,syn)', { flags: { fin: false, syn: true } }, '02'],
    ['r:u8<kind>{login=1{user:string8},quit=2}', { r: { kind: 'login', user: 'z' } }, '01017a'],
    ['r:u8<kind>{login=1{user:string8},quit=2}[u8]', { r: [{ kind: 'quit' }] }, '0102'],
    ['prénom:string8', { prénom: 'Zoé' }, '045a6fc3a9'],
  ];

  it('says what lies where', () => {
    for (const [text, value, hex] of cases) {
      const layout = parseLayout(text);
      assert.equal(Buffer.from(layout.encode(value)).toString('hex'), hex, text);
      assert.deepEqual(layout.decode(Buffer.from(hex, 'hex')), value, text);
    }
  });

  it('is read back from what a layout says of itself', () => {
    for (const [text] of cases) {
      const { notation } = parseLayout(text);
      assert.equal(parseLayout(notation).notation, notation);
    }
  });

  it('names the unknown type, where it is, and the known ones', () => {
    const { code, offset, message } = faultOf('address:ipv4,port:u61');
    assert.equal(code, 'UNKNOWN_FIELD_TYPE');
    assert.equal(offset, 18);
    assert.match(message, /^Unknown type u61 at 18 of the layout: use one of u8, u16, .*string8/);
    assert.equal(faultOf('a:u8[u61]').offset, 5);
    for (const name of layoutTypeNames) {
      assert.doesNotThrow(() => parseLayout(`a:${name.replace('[]', '[1]')}`));
    }
  });

  it('says where a text departs from the grammar, and what it expected', () => {
    const departures: [text: string, offset: number, expected: string][] = [
      ['address', 7, 'expected ":", got the end'],
      ['address:', 8, 'expected the name of a type, got the end'],
      ['a:u8,', 5, 'expected the name of a field, got the end'],
      ['a:u8 b:u8', 5, 'expected "," or the end, got "b:u8"'],
      ['a:u8,a:u8', 5, 'expected a name other than a, got "a:u8"'],
      ['1:u8', 0, 'expected the name of a field, got "1:u8"'],
      ['__proto__:u8', 0, 'expected another name, got "__proto__:u8"'],
      ['a:u8[', 5, 'expected a length or the name of an unsigned type, got the end'],
      ['a:u8[i8]', 5, 'expected a length or one of u8, u16, u32, u16le, u32le, got "i8]"'],
      ['a:u8[3', 6, 'expected "]", got the end'],
      ['a:{b:u8', 7, 'expected "}", got the end'],
      ['{a:u8', 5, 'expected "}", got the end'],
      ['a:u8}', 4, 'expected "," or the end, got "}"'],
      ['a:string', 8, 'expected "[", got the end'],
      ['a:pad[u8]', 2, 'expected a length after pad, got "pad[u8]"'],
      ['a:u8{ok}', 7, 'expected "=", got "}"'],
      ['a:u8=x', 5, 'expected an integer, got "x"'],
      ['a:u8=256', 5, 'expected a constant of the type u8, got "256"'],
      ['a:bytes[2]=0x616', 11, 'expected a constant of the type bytes[2], got "0x616"'],
      ['a:ipv4=12', 7, 'expected a constant of the type ipv4, got "12"'],
      ['a:i8(x)', 4, 'expected an unsigned type for flags, not i8, got "(x)"'],
      ['a:u8<kind>', 10, 'expected "{", got the end'],
    ];
    for (const [text, offset, expected] of departures) {
      const fault = faultOf(text);
      assert.equal(fault.code, 'LAYOUT_SYNTAX', text);
      assert.equal(fault.offset, offset, text);
      assert.equal(fault.message, `The layout departs from the notation at ${offset}: ${expected}`);
    }
  });

  it('refuses a layout that contradicts itself', () => {
    for (const text of [
      'a:u8[99999999999]',
      'a:u8[-1]',
      'a:{}[3]',
      'a:u8[2000][2000]',
      'a:u8{x=1,y=1}',
      'a:u8{}',
      'a:u8{x=300}',
      'a:u8<kind>{x=1{kind:u8}}',
      'a:u8(b,c,d,e,f,g,h,i,j)',
    ]) {
      assert.equal(faultOf(text).code, 'INVALID_LAYOUT', text);
    }
  });

  it('holds to its limits', () => {
    const nested = (depth: number): string => '{a:'.repeat(depth) + 'u8' + '}'.repeat(depth);
    assert.doesNotThrow(() => parseLayout(nested(32)));
    assert.equal(faultOf(nested(40)).code, 'LAYOUT_SYNTAX');
    assert.equal(faultOf(nested(100_000)).code, 'LAYOUT_SYNTAX');
    assert.throws(() => parseLayout(nested(3), { maxDepth: 2 }), { code: 'LAYOUT_SYNTAX' });
    assert.throws(() => parseLayout('a:u8,b:u8', { maxNames: 1 }), { code: 'LAYOUT_SYNTAX' });
    assert.throws(() => parseLayout('a:u32', { maxBytes: 3 }), { code: 'INVALID_LAYOUT' });
    const arrays = `a:u8${'[1]'.repeat(100_000)}`;
    assert.equal(faultOf(arrays).code, 'LAYOUT_SYNTAX');
  });

  it('throws nothing but its own errors, whatever the text', () => {
    const pieces = fc.constantFrom(
      'a',
      'b',
      ':',
      ',',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      '=',
      '1',
      '0x',
      '-',
      'u8',
      'u16',
      'string',
      'pad',
      'ipv4',
      ' ',
      'é',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), fc.string(), (list, noise) => {
        for (const text of [list.join(''), `a:${list.join('')}`, noise]) {
          try {
            parseLayout(text);
          } catch (error) {
            assert.ok(error instanceof LayoutError, String(error));
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
