import { suggestDecimal } from '../applications/gradebook/decimals.ts';
import {
  addSubcommand,
  drawTable,
  localNumber,
  plainNumber,
  withBook,
} from './gradebook-command.ts';
import type { GradebookHost } from './gradebook-command.ts';
import { readMarkNames } from './gradebook-assessments.ts';
import type { MarkNames } from './gradebook-assessments.ts';
import { findAssessment, findPromotion, findStudent, nameStudent } from './gradebook-connect.ts';
import type { Assessment, Book, Mark } from './gradebook-connect.ts';
import { shortMark } from './gradebook-people.ts';
import { addNumberOption } from './options.ts';
import { UsageError } from './terminal.ts';

/** Adds the subcommands about assessments and marks. */
export function addMarks(host: GradebookHost): void {
  addAssessments(host);
  addGiving(host);
  addCorrecting(host);
  addHistory(host);
}

function drawAssessments(host: GradebookHost, assessments: readonly Assessment[]): string {
  const { words } = host;
  const { assessment, scale, coefficient, date, published, marks, identifier } = words.columns;
  return drawTable(
    [assessment, scale, coefficient, date, published, marks, identifier],
    assessments.map((one) => [
      one.name,
      localNumber(host, one.scale),
      localNumber(host, one.coefficient),
      one.date,
      one.published ? words.yes : words.no,
      one.marks,
      one.assessment,
    ]),
  );
}

interface AssessmentFlags {
  readonly name?: string;
  readonly coefficient?: string;
  readonly scale?: string;
  readonly date?: string;
}

function readAssessmentFlags({ name, coefficient, scale, date }: AssessmentFlags): AssessmentFlags {
  return {
    ...(name !== undefined && { name }),
    ...(coefficient !== undefined && { coefficient: plainNumber(coefficient) }),
    ...(scale !== undefined && { scale: plainNumber(scale) }),
    ...(date !== undefined && { date }),
  };
}

function addAssessments(host: GradebookHost): void {
  const { words } = host;
  const { options } = words;
  addSubcommand(host, 'assessments', '<promotion>').action((which: string) =>
    withBook(host, async (book) => {
      const { promotion } = await findPromotion(book, which, words);
      const { assessments } = await book.listAssessments({ promotion });
      return { value: assessments, text: drawAssessments(host, assessments) };
    }),
  );
  addSubcommand(host, 'create-assessment', '<promotion> <name>')
    .option('--coefficient <number>', options.coefficient)
    .option('--scale <number>', options.scale)
    .option('--date <day>', options.date)
    .action((which: string, name: string, flags: AssessmentFlags) =>
      withBook(host, async (book) => {
        const { promotion } = await findPromotion(book, which, words);
        const { name: _, ...given } = readAssessmentFlags(flags);
        const made = await book.createAssessment({ promotion, name, ...given });
        return { value: made, text: words.created(made.name, made.assessment) };
      }),
    );
  addSubcommand(host, 'update-assessment', '<promotion> <assessment>')
    .option('--name <name>', options.name)
    .option('--coefficient <number>', options.coefficient)
    .option('--scale <number>', options.scale)
    .option('--date <day>', options.date)
    .action((which: string, what: string, flags: AssessmentFlags) =>
      withBook(host, async (book) => {
        const { promotion } = await findPromotion(book, which, words);
        const { assessment, version } = await findAssessment(book, promotion, what, words);
        const given = readAssessmentFlags(flags);
        const changed = await book.updateAssessment({ assessment, version, ...given });
        return { value: changed, text: drawAssessments(host, [changed]) };
      }),
    );
}

/** `14`, `14x2`, `7/10`, `7/10x1,5`, `ABS`: a value, what it is out of, its coefficient. */
const markNotation = /^([\d.,]+|abs|exc|att)(?:\/([\d.,]+))?(?:[x×*]([\d.,]+))?$/i;

/** A number as it was typed, with a point or a comma. @throws {UsageError} */
function readNumber(host: GradebookHost, number: string, typed: string): string {
  const { badMark, writeNumber } = host.words;
  const plain = plainNumber(number);
  if (/^(?:\d+(?:\.\d+)?|[A-Z]+)$/.test(plain)) return plain;
  const meant = suggestDecimal(number);
  if (meant === undefined) throw new UsageError(badMark(typed));
  throw new UsageError(writeNumber(typed, typed.replace(number, localNumber(host, meant))));
}

/** A mark as it is typed. @throws {UsageError} */
function readMarkNotation(
  host: GradebookHost,
  text: string,
): { value: string; scale?: string; coefficient?: string } {
  const [, value, scale, coefficient] = markNotation.exec(text) ?? [];
  if (value === undefined) throw new UsageError(host.words.badMark(text));
  const read = (number: string): string => readNumber(host, number, text);
  return {
    value: read(value.toUpperCase()),
    ...(scale !== undefined && { scale: read(scale) }),
    ...(coefficient !== undefined && { coefficient: read(coefficient) }),
  };
}

function drawMarks(host: GradebookHost, marks: readonly Mark[], names: MarkNames): string {
  const { words } = host;
  const { mark, for: what, date, published, version, identifier } = words.columns;
  return drawTable(
    [mark, what, date, published, version, identifier],
    marks.map((one) => [
      localNumber(host, shortMark(one.value, one.scale, one.coefficient)),
      one.label || (names.get(one.mark) ?? ''),
      one.date,
      one.published ? words.yes : words.no,
      one.version,
      one.mark,
    ]),
  );
}

interface GivingFlags {
  readonly promotion?: string;
  readonly assessment?: string;
  readonly label?: string;
  readonly date?: string;
}

async function giveMarks(
  host: GradebookHost,
  book: Book,
  who: string,
  notations: readonly string[],
  flags: GivingFlags,
) {
  const { words } = host;
  const { label, date } = flags;
  const read = notations.map((text) => readMarkNotation(host, text));
  const found = await findStudent(book, who, words, flags.promotion);
  const { student, promotion } = found;
  const within =
    flags.assessment === undefined
      ? undefined
      : await findAssessment(book, promotion, flags.assessment, words);
  const given = {
    ...(within !== undefined && { assessment: within.assessment }),
    ...(label !== undefined && { label }),
    ...(date !== undefined && { date }),
  };
  const all = read.map((one) => Object.assign({ student }, given, one));
  const { marks } = await book.addMarks({ marks: all });
  const names = new Map(marks.map(({ mark }) => [mark, within?.name ?? '']));
  const drawn = drawMarks(host, marks, names);
  return { value: marks, text: `${words.addedMarks(marks.length, nameStudent(found))}\n${drawn}` };
}

function addGiving(host: GradebookHost): void {
  const { words } = host;
  const { options } = words;
  addSubcommand(host, 'marks', '<student>')
    .option('--promotion <promotion>', options.promotion)
    .action((who: string, flags: GivingFlags) =>
      withBook(host, async (book) => {
        const { student } = await findStudent(book, who, words, flags.promotion);
        const { marks } = await book.exportPerson({ student });
        const names = await readMarkNames(book, student);
        return { value: marks, text: drawMarks(host, marks, names) };
      }),
    );
  addSubcommand(host, 'add-marks', '<student> <marks...>')
    .option('--promotion <promotion>', options.promotion)
    .option('--assessment <assessment>', options.assessment)
    .option('--label <label>', options.label)
    .option('--date <day>', options.date)
    .action((who: string, notations: string[], flags: GivingFlags) =>
      withBook(host, (book) => giveMarks(host, book, who, notations, flags)),
    );
}

/** A mark as its last change left it: its version, and whose it is. */
async function readLast(
  book: Book,
  mark: string,
): Promise<{ version: number; student: string | undefined }> {
  const { changes } = await book.markHistory({ mark });
  const item = changes.at(-1)?.items.find(({ id }) => id === mark);
  const { version, student } = item?.after ?? {};
  return {
    version: typeof version === 'number' ? version : 1,
    student: typeof student === 'string' ? student : undefined,
  };
}

function addCorrecting(host: GradebookHost): void {
  const { words, texts } = host;
  const { options } = words;
  const correct = addSubcommand(host, 'correct-mark', '<mark> <value>');
  addNumberOption(correct, texts, '--seen <number>', options.version, [1, 1_000_000]);
  correct.action((mark: string, notation: string, flags: { readonly seen?: number }) =>
    withBook(host, async (book) => {
      const wanted = readMarkNotation(host, notation);
      const last = await readLast(book, mark);
      // Before the change: what is read after it could fail though it was made.
      const names =
        last.student === undefined
          ? new Map<string, string>()
          : await readMarkNames(book, last.student);
      const version = flags.seen ?? last.version;
      const corrected = await book.correctMark({ mark, version, ...wanted });
      return { value: corrected, text: drawMarks(host, [corrected], names) };
    }),
  );
  const remove = addSubcommand(host, 'remove-mark', '<mark>');
  addNumberOption(remove, texts, '--seen <number>', options.version, [1, 1_000_000]);
  remove.action((mark: string, flags: { readonly seen?: number }) =>
    withBook(host, async (book) => {
      const version = flags.seen ?? (await readLast(book, mark)).version;
      return { value: await book.removeMark({ mark, version }), text: words.done(mark) };
    }),
  );
  addSubcommand(host, 'publish', '<promotion> [assessment]')
    .option('--hide', options.hide)
    .action((which: string, what: string | undefined, flags: { readonly hide?: boolean }) =>
      withBook(host, async (book) => {
        const { promotion } = await findPromotion(book, which, words);
        const published = flags.hide !== true;
        const asked =
          what === undefined
            ? { promotion }
            : { assessment: (await findAssessment(book, promotion, what, words)).assessment };
        const value = await book.publish({ ...asked, published });
        return { value, text: words.published(value.changed) };
      }),
    );
}

type Image = Readonly<Record<string, unknown>>;

function isImage(image: unknown): image is Image {
  return typeof image === 'object' && image !== null;
}

/** A thing by its value or its name. */
function nameImage(image: unknown): string {
  if (!isImage(image)) return '—';
  const { value, scale, coefficient, familyName, givenName, name } = image;
  if (typeof value === 'string') return shortMark(value, String(scale), String(coefficient));
  if (typeof familyName === 'string') return `${String(givenName)} ${familyName}`.trim() || '—';
  return typeof name === 'string' ? name : '…';
}

/** What a change did to one thing, in few words. */
function describeItem(host: GradebookHost, before: unknown, after: unknown): string {
  const was = localNumber(host, nameImage(before));
  const is = localNumber(host, nameImage(after));
  if (was !== is || !isImage(before) || !isImage(after)) return `${was} → ${is}`;
  const { words } = host;
  const fields: Readonly<Record<string, string>> = words.fields;
  const changed = Object.keys(after).filter(
    (field) =>
      field !== 'version' && JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  const what = changed.map((field) => fields[field] ?? field).join(', ');
  return what === '' ? is : words.about(is, what);
}

/** @throws {UsageError} when neither a promotion nor a mark is given. */
async function askHistory(
  { words }: GradebookHost,
  book: Book,
  which: string | undefined,
  mark: string | undefined,
) {
  if (mark !== undefined) return book.markHistory({ mark });
  if (which === undefined) throw new UsageError(words.historyOfWhat);
  const { promotion } = await findPromotion(book, which, words);
  return book.history({ promotion });
}

function addHistory(host: GradebookHost): void {
  const { words } = host;
  const { change, when, what, who } = words.columns;
  addSubcommand(host, 'history', '[promotion]')
    .option('--mark <mark>', words.options.mark)
    .action((which: string | undefined, { mark }: { readonly mark?: string }) =>
      withBook(host, async (book) => {
        const { changes } = await askHistory(host, book, which, mark);
        const rows = changes.map((one) => [
          one.change,
          one.at,
          `${one.action}${one.undone ? ` (${words.undone})` : ''}`,
          one.count === 1
            ? describeItem(host, one.items[0]?.before, one.items[0]?.after)
            : `${one.count}`,
          one.byName ?? one.by,
        ]);
        return { value: changes, text: drawTable([change, when, what, '', who], rows) };
      }),
    );
  addSubcommand(host, 'undo', '<change>').action((name: string) =>
    withBook(host, async (book) => {
      const undone = await book.undo({ change: name });
      return { value: undone, text: words.undoneNow(undone.change) };
    }),
  );
}
