import type { OutputOf } from '../service/index.ts';
import type { gradebook } from '../applications/gradebook/service.ts';
import { addSubcommand, drawTable, localNumber, withBook } from './gradebook-command.ts';
import type { GradebookHost } from './gradebook-command.ts';
import { findReadableAssessment } from './gradebook-assessments.ts';
import { findPromotion, findStudent, nameStudent } from './gradebook-connect.ts';
import type { Book, Student, StudentWithMarks } from './gradebook-connect.ts';
import { shortMark } from './gradebook-people.ts';
import { drawHistogram } from './gradebook-histogram.ts';
import { addNumberOption } from './options.ts';

type StudentAverage = OutputOf<typeof gradebook.methods.studentAverage.result>;
type Ranks = OutputOf<typeof gradebook.methods.ranking.result>['ranks'];
type PromotionStatistics = OutputOf<typeof gradebook.methods.statistics.result>;

/** Adds the subcommands that ask for averages and statistics. */
export function addAnswers(host: GradebookHost): void {
  addAverages(host);
  addStatistics(host);
  addOwn(host);
}

async function answerAverages(host: GradebookHost, book: Book, which: string, published: boolean) {
  const { words } = host;
  const { promotion, name } = await findPromotion(book, which, words);
  const names = new Map<string, Student>();
  for await (const one of book.streamStudents({ promotion })) names.set(one.student, one);
  const asked = { promotion, published };
  const ranks: Ranks = [];
  for (;;) {
    const page = await book.ranking({ ...asked, from: ranks.length });
    ranks.push(...page.ranks);
    if (page.ranks.length === 0 || ranks.length >= page.of) break;
  }
  const ofStudents = await book.promotionAverage(asked);
  const ofMarks = await book.promotionAverage({ ...asked, method: 'meanOfAllMarks' });
  const { rank, student, average } = words.columns;
  const rows = ranks.map((one) => {
    const found = names.get(one.student);
    return [
      one.rank,
      found === undefined ? one.student : nameStudent(found),
      localNumber(host, one.average),
    ];
  });
  const show = (text: string | null): string => localNumber(host, text ?? words.none);
  const lines = [
    drawTable([rank, student, average], rows),
    words.about(
      name,
      words.meanOfStudentAverages(show(ofStudents.average), ofStudents.counted.students),
    ),
    words.about(name, words.meanOfAllMarks(show(ofMarks.average), ofMarks.counted.marks)),
  ];
  const { students: without } = ofStudents.leftOut;
  if (without > 0) lines.push(words.without(without));
  const value = { ranks, meanOfStudentAverages: ofStudents, meanOfAllMarks: ofMarks };
  return { value, text: lines.join('\n') };
}

/** A student's average, with all that it is made of. */
function drawAverage(host: GradebookHost, name: string, of: StudentAverage): string {
  const { words } = host;
  const show = (text: string): string => localNumber(host, text);
  const { mark, outOf20, coefficient, for: what } = words.columns;
  const rows = [
    ...of.counted.map((one) => [
      show(shortMark(one.value, one.scale, '1')),
      show(one.outOf20),
      show(one.coefficient),
      one.value === 'ABS' ? `${one.label} (${words.absentIsZero})`.trim() : one.label,
    ]),
    ...of.leftOut.map((one) => [
      one.value,
      '',
      show(one.coefficient),
      `${one.label} (${words.leftOut[one.reason]})`.trim(),
    ]),
  ];
  const lines = rows.length === 0 ? [] : [drawTable([mark, outOf20, coefficient, what], rows)];
  if (of.average === null) {
    const none = of.published ? words.noPublishedAverage : words.noAverage;
    return [...lines, words.about(name, none)].join('\n');
  }
  lines.push(
    words.quotient(show(of.sums.weighted), show(of.sums.coefficients)),
    words.averageOf(name, show(of.average)),
  );
  if (of.rank !== null) lines.push(words.ranked(of.rank.rank, of.rank.of, of.rank.tied));
  return lines.join('\n');
}

interface AverageFlags {
  readonly promotion?: string;
  readonly published?: boolean;
}

function addAverages(host: GradebookHost): void {
  const { words } = host;
  const { options } = words;
  addSubcommand(host, 'averages', '<promotion>')
    .option('--published', options.published)
    .action((which: string, flags: AverageFlags) =>
      withBook(host, (book) => answerAverages(host, book, which, flags.published === true)),
    );
  addSubcommand(host, 'average', '<student>')
    .option('--promotion <promotion>', options.promotion)
    .option('--published', options.published)
    .action((who: string, flags: AverageFlags) =>
      withBook(host, async (book) => {
        const found = await findStudent(book, who, words, flags.promotion);
        const published = flags.published === true;
        const value = await book.studentAverage({ student: found.student, published });
        return { value, text: drawAverage(host, nameStudent(found), value) };
      }),
    );
}

function drawStatistics(
  host: GradebookHost,
  { statistics: of, leftOut }: PromotionStatistics,
): string {
  const { words } = host;
  if (of === null) return words.nothingCounts;
  const say = words.statistics;
  const show = (text: string): string => localNumber(host, text);
  const rows = [
    [say.count, `${of.count}`],
    [say.mean, show(of.mean)],
    [say.median, show(of.median)],
    [say.standardDeviation, show(of.standardDeviation)],
    [say.quartiles, of.quartiles.map(show).join('  ')],
    [say.minimum, show(of.minimum)],
    [say.maximum, show(of.maximum)],
    [say.leftOut, `${leftOut}`],
  ];
  const [first = [], ...rest] = rows;
  const bars = of.histogram.map(({ from, to, count }) => ({
    label: `${show(from)} – ${show(to)}`,
    count,
  }));
  const width = process.stdout.columns || 80;
  return `${drawTable(first, rest)}\n\n${drawHistogram(bars, width)}`;
}

function addStatistics(host: GradebookHost): void {
  const { words, texts } = host;
  const { options } = words;
  const command = addSubcommand(host, 'statistics', '<promotion> [assessment]').option(
    '--published',
    options.published,
  );
  addNumberOption(command, texts, '--bars <number>', options.bars, [1, 100]);
  command.action(
    (which: string, what: string | undefined, flags: AverageFlags & { readonly bars?: number }) =>
      withBook(host, async (book) => {
        const { promotion } = await findPromotion(book, which, words);
        const assessment =
          what === undefined
            ? undefined
            : await findReadableAssessment(book, promotion, what, words);
        const value = await book.statistics({
          promotion,
          published: flags.published === true,
          ...(assessment !== undefined && { assessment }),
          ...(flags.bars !== undefined && { bars: flags.bars }),
        });
        return { value, text: drawStatistics(host, value) };
      }),
  );
}

function nameRecord(student: StudentWithMarks, promotion: { readonly name: string }): string {
  return `${nameStudent(student)}, ${promotion.name}`;
}

function addOwn(host: GradebookHost): void {
  addSubcommand(host, 'me').action(() =>
    withBook(host, async (book) => {
      const { records } = await book.myRecords({});
      const averages: StudentAverage[] = [];
      const texts: string[] = [];
      for (const { student, promotion } of records) {
        const of = await book.studentAverage({ student: student.student });
        averages.push(of);
        texts.push(drawAverage(host, nameRecord(student, promotion), of));
      }
      const value = records.map((record, index) => ({ record, average: averages[index] }));
      return { value, text: texts.length === 0 ? host.words.noRecords : texts.join('\n\n') };
    }),
  );
}
