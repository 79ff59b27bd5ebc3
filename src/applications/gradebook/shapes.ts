import { z } from 'zod';
import { suggestDecimal } from './decimals.ts';
import { gradebookLimits } from './limits.ts';

export { isDecimal } from './decimals.ts';

/** What parameters and results of the gradebook are made of. */

const positiveNotation = /^(?!0+(?:\.0+)?$)\d{1,6}(?:\.\d{1,6})?$/;
const valueNotation = /^(?:ABS|EXC|ATT|\d{1,6}(?:\.\d{1,6})?)$/;
const dateNotation = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** Whether a text is what a mark can be. */
export function isValue(text: string): boolean {
  return valueNotation.test(text);
}

/** Whether a text is a positive decimal, as coefficients and scales are. */
export function isPositiveDecimal(text: string): boolean {
  return positiveNotation.test(text);
}

/** Whether a text is a day of the calendar, as `2026-11-21`. */
export function isDate(text: string): boolean {
  if (!dateNotation.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** What is wrong with a text that is no such number, and how to write it where that can be told. */
function explain(rule: string): { error: (issue: { readonly input?: unknown }) => string } {
  return {
    error({ input }) {
      const meant = typeof input === 'string' ? suggestDecimal(input) : undefined;
      return meant === undefined ? rule : `write "${meant}"; ${rule}`;
    },
  };
}

const controls = /\p{Cc}/u;

function nameText(max: number): z.ZodString {
  return z
    .string()
    .trim()
    .max(max)
    .refine((text) => text.isWellFormed(), 'half of a surrogate pair is no character')
    .refine((text) => !controls.test(text), 'control characters have no place in a name');
}

/** An identifier: whatever the gradebook gave for one. */
export function identifier(of: string): z.ZodString {
  return z.string().min(1).max(64).describe(`The identifier of ${of}, as the gradebook gave it.`);
}

export const promotionId = identifier('a promotion');
export const studentId = identifier('a student');
export const assessmentId = identifier('an assessment');
export const markId = identifier('a mark');
export const changeId = identifier('a change');
export const accountId = identifier('an account');

export const value = z
  .string()
  .regex(
    valueNotation,
    explain('a mark is a decimal in quotes such as "14.5", or "ABS", "EXC" or "ATT"'),
  )
  .describe(
    'A decimal from 0 to the scale as a string, such as "14.5"; or ABS (absent: counts 0), EXC ' +
      '(excused) or ATT (pending), both left out of averages with their coefficient.',
  );

export const coefficient = z
  .string()
  .regex(positiveNotation, explain('a coefficient is a positive decimal in quotes such as "1.5"'))
  .describe('What the mark weighs: a positive decimal as a string, such as "2" or "0.5".');

export const scale = z
  .string()
  .regex(positiveNotation, explain('a scale is a positive decimal in quotes such as "20"'))
  .describe('What the mark is out of: a positive decimal as a string. Averages bring all to 20.');

export const date = z
  .string()
  .refine(isDate, 'a date is a day such as "2026-11-21"')
  .describe('A day, as 2026-11-21.');

export const name = nameText(gradebookLimits.maxName).refine(
  (text) => text !== '',
  'a name has at least one character',
);
export const label = nameText(gradebookLimits.maxName).describe('What the mark was given for.');
export const year = nameText(20).describe('The year, such as 2026-2027.');

export const version = z
  .int()
  .min(1)
  .describe('The version last seen; the call is refused (CONFLICT) if there is a newer one.');

export const cursor = z
  .string()
  .max(1_000)
  .describe('Where the page begins: what `next` of the page before said. None for the first.');

/** How many of something in a page. */
export const pageSize = z
  .int()
  .min(1)
  .max(gradebookLimits.maxPage)
  .describe(`How many at most, 1 to ${gradebookLimits.maxPage}; 100 unless said otherwise.`);

export const next = z
  .string()
  .nullable()
  .describe('The cursor of the next page; null when this is the last.');

/** A decimal rounded half up to 2 digits after the point. */
export const shown = z.string().describe('Rounded half up to 2 digits after the point.');

/** Exact, whatever it takes. */
export const exact = z
  .string()
  .describe('Exact: a decimal such as "247.5", or a fraction such as "37/3" where no decimal is.');

export const promotionShape = z.object({
  promotion: promotionId,
  name: z.string(),
  year: z.string().nullable(),
  students: z.int().describe('How many students it has.'),
  archived: z.boolean().describe('Whether it is closed to changes.'),
  teachers: z.array(z.string()).describe('The accounts of the teachers who hold it.'),
  version: z.int(),
});

/** What is told of a new student. */
export const studentInput = {
  familyName: name,
  givenName: nameText(gradebookLimits.maxName).optional(),
  number: nameText(64)
    .optional()
    .describe("The student's number at the school; no other student of the promotion has it."),
  email: nameText(254).optional(),
};

export const studentShape = z.object({
  student: studentId,
  promotion: promotionId,
  familyName: z.string(),
  givenName: z.string(),
  number: z.string().nullable(),
  email: z.string().nullable(),
  account: z
    .string()
    .nullable()
    .describe('The account through which the student sees their marks.'),
  removed: z.boolean(),
  version: z.int(),
});

export const assessmentShape = z.object({
  assessment: assessmentId,
  promotion: promotionId,
  name: z.string(),
  coefficient: z.string(),
  scale: z.string(),
  date: z.string().nullable(),
  published: z.boolean().describe('Whether students see its marks.'),
  marks: z.int().describe('How many marks it has.'),
  version: z.int(),
});

export const markShape = z.object({
  mark: markId,
  student: studentId,
  assessment: z.string().nullable().describe('The assessment it was given in, if in any.'),
  label: z.string(),
  date: z.string().nullable(),
  value,
  scale: z.string(),
  coefficient: z.string(),
  published: z.boolean().describe('Whether the student sees it.'),
  version: z.int(),
});

/** What is told of a new mark. */
export const markInput = {
  student: studentId,
  value,
  coefficient: coefficient
    .optional()
    .describe('1 unless said otherwise; not within an assessment, which has its own.'),
  scale: scale
    .optional()
    .describe('20 unless said otherwise; not within an assessment, which has its own.'),
  assessment: assessmentId
    .optional()
    .describe('The assessment the mark is given in: one mark a student.'),
  label: label.optional(),
  date: date.optional(),
};

export const averageShape = z.object({
  average: shown.nullable().describe('Out of 20, rounded half up; null when no mark counts.'),
  exact: exact.nullable(),
  sums: z.object({
    weighted: exact.describe('The sum of the marks brought to 20 times their coefficients.'),
    coefficients: exact.describe('The sum of the coefficients. The average is their quotient.'),
  }),
});

export const rankShape = z.object({
  rank: z.int().describe('1 for the highest average; equal averages share their rank.'),
  of: z.int().describe('Students who have an average.'),
  tied: z.int().describe('Students with exactly this average, this one included.'),
});

export const countedMark = z.object({
  mark: markId,
  label: z.string(),
  value,
  scale: z.string(),
  outOf20: exact,
  coefficient: z.string(),
  published: z.boolean(),
});

export const leftOutMark = z.object({
  mark: markId,
  label: z.string(),
  value,
  coefficient: z.string(),
  reason: z.enum(['excused', 'pending']).describe('Why it does not count.'),
});

export const statisticsShape = z.object({
  count: z.int(),
  mean: shown,
  median: shown,
  standardDeviation: shown.describe('Of the population: divided by how many, not by one less.'),
  quartiles: z
    .tuple([shown, shown, shown])
    .describe("Both ends included: Python's statistics.quantiles(…, method='inclusive')."),
  minimum: shown,
  maximum: shown,
  histogram: z
    .array(z.object({ from: shown, to: shown, count: z.int() }))
    .readonly()
    .describe('Bars from 0 to 20; a bar holds its lower bound, the last one 20 too.'),
});

export const changeKinds = ['promotion', 'student', 'assessment', 'mark'] as const;

export const changeShape = z.object({
  change: changeId,
  at: z.string().describe('When, as 2026-11-21T08:00:00.000Z.'),
  by: z.string().nullable().describe('The account that made it.'),
  byName: z
    .string()
    .optional()
    .describe("That account's name, in the answers of history and markHistory."),
  action: z.string().describe('The method that made it.'),
  undone: z.boolean(),
  count: z.int().describe('How many things it changed.'),
  items: z
    .array(
      z.object({
        kind: z.enum(changeKinds),
        id: z.string(),
        before: z.record(z.string(), z.unknown()).nullable().describe('null where it was made.'),
        after: z.record(z.string(), z.unknown()).nullable().describe('null where it was removed.'),
      }),
    )
    .describe('The first ten of them.'),
});

export const fileShape = z.object({
  name: z.string(),
  mediaType: z.string(),
  content: z.string().describe('The bytes of the file, in base64.'),
});

export type PromotionShape = z.infer<typeof promotionShape>;
export type StudentShape = z.infer<typeof studentShape>;
export type AssessmentShape = z.infer<typeof assessmentShape>;
export type MarkShape = z.infer<typeof markShape>;
export type ChangeShape = z.infer<typeof changeShape>;
