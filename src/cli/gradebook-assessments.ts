import type { GradebookTexts } from '../language/gradebook.ts';
import { CallError } from '../service/index.ts';
import { findAssessment } from './gradebook-connect.ts';
import type { Book } from './gradebook-connect.ts';
import { UsageError } from './terminal.ts';

/** What a student's marks are for, by mark: their label, else the name of their assessment. */
export type MarkNames = ReadonlyMap<string, string>;

/** What the marks of a student are for, as whoever asks may see them. */
export async function readMarkNames(book: Book, student: string): Promise<MarkNames> {
  const { counted, leftOut } = await book.studentAverage({ student });
  return new Map([...counted, ...leftOut].map(({ mark, label }) => [mark, label]));
}

/** What the gradebook gives for an identifier: 26 characters of Crockford's base 32. */
const identifierNotation = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** An assessment that the caller has a mark in, by its identifier or its name. */
async function findOwnAssessment(
  book: Book,
  promotion: string,
  text: string,
): Promise<string | undefined> {
  const { records } = await book.myRecords({});
  for (const record of records) {
    if (record.promotion.promotion !== promotion) continue;
    const { student, marks } = record.student;
    const names = await readMarkNames(book, student);
    for (const { mark, assessment } of marks) {
      if (assessment === null) continue;
      if (assessment === text || names.get(mark)?.toLowerCase() === text.toLowerCase())
        return assessment;
    }
  }
  return undefined;
}

/**
 * The identifier of an assessment, by it or by the name. Whoever may not list a promotion's assessments
 * names one that they have a published mark in.
 *
 * @throws {UsageError}
 */
export async function findReadableAssessment(
  book: Book,
  promotion: string,
  text: string,
  texts: GradebookTexts,
): Promise<string> {
  try {
    return (await findAssessment(book, promotion, text, texts)).assessment;
  } catch (error) {
    if (!(error instanceof CallError) || error.data?.['reason'] !== 'ACCESS_DENIED') throw error;
  }
  const own = await findOwnAssessment(book, promotion, text);
  if (own !== undefined) return own;
  if (identifierNotation.test(text)) return text;
  throw new UsageError(texts.noOwnAssessment(text));
}
