import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { formatSchema } from './schema-notation.ts';

const kinds: readonly (readonly [z.ZodType, string])[] = [
  [z.string(), 'string'],
  [z.string().min(1).max(64), 'string(1..64)'],
  [z.string().max(4096), 'string(..4096)'],
  [z.int(), 'integer'],
  [z.int().min(1).max(100), 'integer(1..100)'],
  [z.int().min(0), 'integer(0..)'],
  [z.enum(['en', 'fr']), '"en" | "fr"'],
  [z.string().nullable(), 'string | null'],
  [z.array(z.string().nullable()).max(9), '(string | null)[](..9)'],
  [z.object({ name: z.string(), age: z.int().optional() }), '{ name: string, age?: integer }'],
  [z.record(z.string(), z.number()), '{ …: number }'],
  [z.literal(3), '3'],
  [z.unknown(), 'any'],
  [z.object({}), '{}'],
];

test('a JSON Schema is written as people write types', () => {
  for (const [schema, expected] of kinds) {
    assert.equal(formatSchema(z.toJSONSchema(schema)), expected);
  }
});

test('a schema that is none, or nests without an end, is written all the same', () => {
  for (const odd of [null, 3, { type: 3 }, { anyOf: 'x' }, { enum: {} }, { properties: [1] }]) {
    assert.equal(typeof formatSchema(odd), 'string');
  }
  let deep: unknown = {};
  for (let depth = 0; depth < 10_000; depth++) deep = { type: 'array', items: deep };
  assert.ok(formatSchema(deep).length < 100);
});
