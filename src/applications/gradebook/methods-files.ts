import { z } from 'zod';
import { method } from '../../service/index.ts';
import { gradebookLimits } from './limits.ts';
import { assessmentId, fileShape, promotionId } from './shapes.ts';

const content = z
  .base64()
  .max(Math.ceil(gradebookLimits.maxFileBytes / 3) * 4)
  .describe(
    'The bytes of the file in base64: CSV with semicolons, commas or tabs, in UTF-8, UTF-16 or ' +
      'Windows-1252, with decimal points or commas; or XLSX.',
  );

const dryRun = z
  .boolean()
  .optional()
  .describe('Whether only to say what would become of each line. Default false.');

const report = z.object({
  dryRun: z.boolean(),
  done: z.boolean().describe('Whether everything was imported; otherwise nothing was.'),
  format: z.string().describe('How the file was read: csv, moodle or xlsx.'),
  encoding: z.string().nullable(),
  separator: z.string().nullable(),
  lines: z.array(
    z.object({
      line: z.int().describe('From 1, the headings among them.'),
      fate: z.enum(['add', 'change', 'same', 'skip', 'error']),
      text: z.string().describe('What was or would be done of it, or why not.'),
      column: z.int().nullable().describe('Of an error, or of a heading, from 1.'),
      code: z.string().describe('The same as text, for programs.'),
      details: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
  omitted: z
    .int()
    .describe('Lines that are not told of here, of more than 2,000; errors come first.'),
  counts: z.object({
    add: z.int(),
    change: z.int(),
    same: z.int(),
    skip: z.int(),
    error: z.int(),
  }),
});

export type ImportReport = z.infer<typeof report>;

/** Files in and out. */
export const fileMethods = {
  importStudents: method({
    summary: 'Adds the students of a file, or says line by line what would become of it.',
    description:
      'The first line names the columns, in French or English: family name, given name, full name, ' +
      'number, e-mail. A student already there, by number or else by names, is changed or left. All ' +
      'lines are imported, or none.',
    params: z.strictObject({ promotion: promotionId, content, dryRun }),
    result: report,
  }),
  importMarks: method({
    summary: 'Gives or changes the marks of a file, or says line by line what would become of it.',
    description:
      'The first line names the columns: those that name the student, and one for each assessment by ' +
      'its name, optionally with scale and coefficient as “Midterm /20 (2)”; an assessment that is ' +
      "not there yet is created. Moodle's grade export is taken as it is. A cell may be empty (no " +
      'mark), a decimal, ABS, EXC or ATT. All lines are imported, or none.',
    params: z.strictObject({
      promotion: promotionId,
      content,
      assessment: assessmentId
        .optional()
        .describe('Where the file has a single column of marks: the assessment they are given in.'),
      dryRun,
    }),
    result: report,
  }),
  exportMarks: method({
    summary: "Gives a promotion's students, marks and averages as a file.",
    description:
      'csv as a spreadsheet of the language reads it (French: semicolons and decimal commas), moodle ' +
      'as Moodle imports it, xlsx. Texts that a spreadsheet would take for a formula are defused.',
    isIdempotent: true,
    params: z.strictObject({
      promotion: promotionId,
      format: z.enum(['csv', 'moodle', 'xlsx']).optional().describe('Default csv.'),
      language: z
        .enum(['en', 'fr'])
        .optional()
        .describe('Of the headings and numbers. Default en.'),
    }),
    result: fileShape,
  }),
};
