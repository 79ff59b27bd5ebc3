import assert from 'node:assert/strict';
import { test } from 'node:test';
import { length } from './index.ts';

test('a frame is its length in four bytes, most significant first, then the payload', () => {
  const framing = length();
  assert.equal(
    Buffer.from(framing.encode(Buffer.from('salut'))).toString('latin1'),
    '\0\0\0\x05salut',
  );
  assert.equal(Buffer.from(framing.encode(Buffer.alloc(0x012345))).readUInt32BE(), 0x012345);
  assert.equal(Buffer.from(framing.encode(new Uint8Array(0))).toString('hex'), '00000000');
});

test('a length over the limit is refused with the last byte of its header', () => {
  const decoder = length({ maxFrameBytes: 256 }).decoder(() => {});
  decoder.push(Buffer.from('000001', 'hex'));
  assert.throws(() => decoder.push(Buffer.from('01', 'hex')), {
    code: 'FRAME_TOO_LONG',
    details: { limit: 256, length: 257 },
  });
  assert.equal(decoder.pendingBytes, 0);
});

test('a length with its highest bit set is a large number, not a negative one', () => {
  const decoder = length().decoder(() => {});
  assert.throws(() => decoder.push(Buffer.from('ffffffff00', 'hex')), {
    code: 'FRAME_TOO_LONG',
    details: { limit: 1_048_576, length: 4_294_967_295 },
  });
});

test('the frames before one that is too long are delivered first', () => {
  const frames: Uint8Array[] = [];
  const decoder = length({ maxFrameBytes: 1 }).decoder((frame) => frames.push(frame));
  assert.throws(() => decoder.push(Buffer.from('000000012a000000000000000212', 'hex')), {
    code: 'FRAME_TOO_LONG',
  });
  assert.deepEqual(
    frames.map((frame) => frame.length),
    [1, 0],
  );
});

test('a stream that ends inside a header or a payload is truncated', () => {
  const framing = length();
  const inHeader = framing.decoder(() => {});
  inHeader.push(Buffer.from('000000', 'hex'));
  assert.equal(inHeader.pendingBytes, 3);
  assert.throws(() => inHeader.end(), { code: 'FRAME_TRUNCATED' });

  const inPayload = framing.decoder(() => {});
  inPayload.push(Buffer.from('00000005aabb', 'hex'));
  assert.equal(inPayload.pendingBytes, 6);
  assert.throws(() => inPayload.end(), {
    code: 'FRAME_TRUNCATED',
    details: { length: 5, received: 2 },
  });

  const beforePayload = framing.decoder(() => {});
  beforePayload.push(Buffer.from('00000005', 'hex'));
  assert.throws(() => beforePayload.end(), { details: { length: 5, received: 0 } });
});

test('a payload within one chunk is a view of it, wherever its header came', () => {
  const frames: Uint8Array[] = [];
  const decoder = length().decoder((frame) => frames.push(frame));
  const second = Buffer.from('00020102000000030a0b0c', 'hex');
  decoder.push(Buffer.from('0000', 'hex'));
  decoder.push(second);
  assert.deepEqual(
    frames.map((frame) => Buffer.from(frame).toString('hex')),
    ['0102', '0a0b0c'],
  );
  assert.ok(frames.every((frame) => frame.buffer === second.buffer));
});
