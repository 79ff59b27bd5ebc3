import { bringToCommonScale, findReasonLeftOut, sumMarks } from './averages.ts';
import type { AverageMethod } from './averages.ts';
import type { Caller } from './caller.ts';
import { gradebookLimits } from './limits.ts';
import { findAssessment, findMarks } from './queries.ts';
import type { Rational } from './rational.ts';
import { showAverage } from './reads.ts';
import { refuse } from './refusal.ts';
import { requireHeld, requireMember, seeStudent, visibilityFor } from './seeing.ts';
import type { Reading } from './seeing.ts';
import type { StandingMemory } from './standing-memory.ts';
import type { Standings } from './standings.ts';
import { Distribution, shownDigits } from './statistics.ts';
import type { Statistics } from './statistics.ts';
import type { MarkRow } from './tables.ts';

/** What a caller asks of averages. */
export interface Asked {
  readonly published?: boolean | undefined;
}

function nameMark({ label, assessment }: MarkRow, names: ReadonlyMap<string, string>): string {
  return label === '' && assessment !== null ? (names.get(assessment) ?? '') : label;
}

async function readAssessmentNames(
  { run }: Reading,
  marks: readonly MarkRow[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { assessment } of marks) {
    if (assessment === null || names.has(assessment)) continue;
    const { rows } = await run(findAssessment, { id: assessment });
    names.set(assessment, rows[0]?.name ?? '');
  }
  return names;
}

/** A student's average, with every mark that counted and every mark that did not. */
export async function answerStudentAverage(
  reading: Reading,
  memory: StandingMemory,
  caller: Caller,
  { student, published }: Asked & { readonly student: string },
) {
  const row = await seeStudent(reading, caller, student);
  const visibility = visibilityFor(caller, published);
  const { rows } = await reading.run(findMarks, { student });
  const marks = rows.filter((mark) => visibility === 'all' || mark.published === 1);
  const names = await readAssessmentNames(reading, marks);
  const sums = sumMarks(marks);
  const { standings } = await memory.read(reading, row.promotion, visibility);
  const own = standings.find(student)?.average;
  const counted = marks.filter(({ value }) => findReasonLeftOut(value) === undefined);
  return {
    student,
    published: visibility === 'published',
    ...showAverage(sums),
    rank: own === undefined ? null : standings.distribution.rank(own),
    counted: counted.map((mark) => ({
      mark: mark.id,
      label: nameMark(mark, names),
      value: mark.value,
      scale: mark.scale,
      outOf20: bringToCommonScale(mark.value, mark.scale).toString(),
      coefficient: mark.coefficient,
      published: mark.published === 1,
    })),
    leftOut: marks.flatMap((mark) => {
      const reason = findReasonLeftOut(mark.value);
      const { id, value, coefficient } = mark;
      return reason === undefined
        ? []
        : [{ mark: id, label: nameMark(mark, names), value, coefficient, reason }];
    }),
  };
}

/** Students without an average who are named at most. */
const maxNamed = 100;

function findWithoutAverage(standings: Standings): string[] {
  const without: string[] = [];
  for (const { id, average } of standings.students) if (average === undefined) without.push(id);
  return without;
}

/** A promotion's average by either method. */
export async function answerPromotionAverage(
  reading: Reading,
  memory: StandingMemory,
  caller: Caller,
  asked: Asked & { readonly promotion: string; readonly method?: AverageMethod | undefined },
) {
  const { promotion, method = 'meanOfStudentAverages', published } = asked;
  await requireMember(reading, caller, promotion);
  const visibility = visibilityFor(caller, published);
  const { standings } = await memory.read(reading, promotion, visibility);
  const without = findWithoutAverage(standings);
  const { total } = standings;
  const ofStudents = method === 'meanOfStudentAverages';
  const of = ofStudents ? standings.distribution.sum : undefined;
  // Who has no mark is for those who hold the promotion to know.
  const which = caller.role === 'student' ? [] : without.slice(0, maxNamed);
  return {
    promotion,
    method,
    published: visibility === 'published',
    average: ofStudents ? (of?.mean ?? null) : (total.average?.toDecimal(shownDigits) ?? null),
    sums: ofStudents
      ? null
      : { weighted: total.weighted.toString(), coefficients: total.coefficients.toString() },
    sumOfAverages: of?.sum ?? null,
    counted: { students: standings.size - without.length, marks: total.count },
    leftOut: { students: without.length, which },
  };
}

/** The marks of an assessment that count, each value once with how often it was given. */
async function readAssessment(
  { query, run }: Reading,
  caller: Caller,
  promotion: string,
  assessment: string,
  isPublished: boolean,
): Promise<{ readonly distribution: Distribution; readonly leftOut: number }> {
  const { rows } = await run(findAssessment, { id: assessment });
  const [found] = rows;
  const unknown = refuse('NO_SUCH_ASSESSMENT', { assessment });
  if (found?.promotion !== promotion) throw unknown;
  let counting = query
    .selectFrom('marks')
    .select(({ fn }) => ['value', fn.countAll<number>().as('count')])
    .where('assessment', '=', assessment);
  if (isPublished) counting = counting.where('published', '=', 1);
  const values: [value: Rational, count: number][] = [];
  let leftOut = 0;
  for (const { value, count } of await counting.groupBy('value').execute()) {
    if (findReasonLeftOut(value) !== undefined) leftOut += count;
    else values.push([bringToCommonScale(value, found.scale), count]);
  }
  const isEmpty = values.length === 0 && leftOut === 0;
  // To a student, an assessment of which nothing is published is none.
  if (caller.role === 'student' && found.published === 0 && isEmpty) throw unknown;
  return { distribution: new Distribution(values), leftOut };
}

/** What describes a promotion's averages, or an assessment's marks. */
export async function answerStatistics(
  reading: Reading,
  memory: StandingMemory,
  caller: Caller,
  asked: Asked & {
    readonly promotion: string;
    readonly assessment?: string | undefined;
    readonly bars?: number | undefined;
  },
) {
  const { promotion, assessment, bars, published } = asked;
  await requireMember(reading, caller, promotion);
  const visibility = visibilityFor(caller, published);
  const isPublished = visibility === 'published';
  let described: { distribution: Distribution; leftOut: number };
  if (assessment === undefined) {
    const { standings } = await memory.read(reading, promotion, visibility);
    const { distribution } = standings;
    described = { distribution, leftOut: standings.size - distribution.count };
  } else {
    described = await readAssessment(reading, caller, promotion, assessment, isPublished);
  }
  const statistics: Statistics | undefined = described.distribution.describe(bars);
  return {
    promotion,
    of: assessment === undefined ? ('studentAverages' as const) : ('assessment' as const),
    assessment: assessment ?? null,
    published: isPublished,
    statistics: statistics === undefined ? null : describeMutably(statistics),
    leftOut: described.leftOut,
  };
}

/** As the declaration has it: arrays of its own. */
function describeMutably({ quartiles, histogram, ...rest }: Statistics) {
  const [first, second, third] = quartiles;
  const triple: [string, string, string] = [first, second, third];
  return { ...rest, quartiles: triple, histogram };
}

/** Every student who has an average, the best first. */
export async function answerRanking(
  reading: Reading,
  memory: StandingMemory,
  caller: Caller,
  asked: Asked & {
    readonly promotion: string;
    readonly from?: number | undefined;
    readonly limit?: number | undefined;
  },
) {
  const { promotion, published, from = 0, limit = gradebookLimits.maxRanks } = asked;
  await requireHeld(reading, caller, promotion);
  const visibility = visibilityFor(caller, published);
  const { standings } = await memory.read(reading, promotion, visibility);
  const { distribution } = standings;
  const ranks: { student: string; average: string; rank: number; tied: number }[] = [];
  for (const { id, average } of standings.students) {
    if (average === undefined) continue;
    const { rank, tied } = distribution.rank(average);
    ranks.push({ student: id, average: average.toDecimal(shownDigits), rank, tied });
  }
  ranks.sort(
    (first, second) => first.rank - second.rank || (first.student < second.student ? -1 : 1),
  );
  return {
    promotion,
    published: visibility === 'published',
    of: ranks.length,
    ranks: ranks.slice(from, from + limit),
  };
}
