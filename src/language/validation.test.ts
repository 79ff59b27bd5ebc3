import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { accounts, session } from '../applications/accounts/index.ts';
import { calculator } from '../applications/calculator/index.ts';
import { gradebook } from '../applications/gradebook/index.ts';
import { issueInFrench } from './validation.ts';

/** What is wrong with a value, by the validator in use. */
function issueOf(schema: z.ZodType, value: unknown): string {
  return schema.safeParse(value).error?.issues[0]?.message ?? 'nothing';
}

test('what the validator says is said in French', () => {
  const cases: readonly (readonly [z.ZodType, unknown, string])[] = [
    [z.string(), undefined, 'il manque (texte)'],
    [z.string(), 5, 'texte attendu, reçu nombre'],
    [z.int(), 1.5, 'nombre entier attendu, reçu nombre'],
    [z.string().max(64), 'a'.repeat(65), 'attendu : 64 caractères au plus'],
    [z.string().min(1), '', 'attendu : au moins un caractère'],
    [z.int().max(500), 501, 'attendu : 500 au plus'],
    [z.array(z.string()).max(2), ['a', 'b', 'c'], 'attendu : 2 éléments au plus'],
    [z.enum(['csv', 'number']), 'x', 'attendu : l\'un de "csv"|"number"'],
    [z.strictObject({}), { string: 1 }, 'champ inconnu : "string"'],
    [z.base64(), '?', "ce n'est pas du base64"],
    [z.boolean(), 'true', 'booléen attendu, reçu texte'],
  ];
  for (const [schema, value, french] of cases) {
    assert.equal(issueInFrench(issueOf(schema, value)), french);
  }
  assert.equal(issueInFrench('something nobody has heard of'), 'something nobody has heard of');
});

test('a mark that is written otherwise is told how to be written', () => {
  const { params } = gradebook.methods.addMark;
  const rule = 'une note est un nombre entre guillemets comme "14.5", ou "ABS", "EXC" ou "ATT"';
  for (const [value, meant] of [
    ['.5', '0.5'],
    ['12.', '12'],
    ['12,5', '12.5'],
  ]) {
    const issue = issueOf(params, { student: 's', value });
    assert.ok(issue.startsWith(`write "${meant}"; a mark is a decimal`), issue);
    assert.equal(issueInFrench(issue), `écrivez « ${meant} » ; ${rule}`);
  }
  for (const value of ['', '.', '1e3', '1.2.3', '-4', 'ten']) {
    assert.equal(issueInFrench(issueOf(params, { student: 's', value })), rule);
  }
});

test('no method says in English what a French reader is told', () => {
  const values: readonly unknown[] = [
    undefined,
    null,
    'a\u0000',
    '',
    '\ud800',
    7.5,
    -1,
    [],
    {},
    true,
    'x'.repeat(5_000),
  ];
  const english = /\b(?:expected|received|must|such|the|is|has|of|to|have|invalid)\b/i;
  for (const { methods } of [gradebook, accounts, session, calculator]) {
    for (const [name, { params }] of Object.entries(methods)) {
      const { shape } = params as z.ZodObject;
      for (const [field, type] of Object.entries(shape)) {
        for (const value of values) {
          const { error } = z.object({ [field]: type }).safeParse({ [field]: value });
          for (const { message } of error?.issues ?? []) {
            const bare = issueInFrench(message).replaceAll(/"[^"]*"/g, '');
            assert.doesNotMatch(bare, english, `${name}.${field}: ${message}`);
          }
        }
      }
    }
  }
});
