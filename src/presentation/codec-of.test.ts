import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecOf } from './codec-of.ts';
import { codecNames } from './codecs.ts';

test('every codec that an endpoint can name is to be had', () => {
  for (const codec of codecNames) assert.equal(codecOf({ codec }).name, codec);
});

test('cbor endpoints carry graphs', () => {
  const codec = codecOf({ codec: 'cbor' });
  const group: { self?: unknown } = {};
  group.self = group;
  const received = codec.decode(codec.encode(group as never)) as typeof group;
  assert.equal(received.self, received);
});
