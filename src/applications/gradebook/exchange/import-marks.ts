import type { Store } from '../../../store/index.ts';
import { checkAssessmentCount, makeAssessment } from '../assessments.ts';
import { nextIdentifier } from '../identifiers.ts';
import { toAssessmentImage, toMarkImage } from '../images.ts';
import type { AssessmentImage, MarkImage } from '../images.ts';
import type { Edit, Ledger } from '../ledger.ts';
import { gradebookLimits } from '../limits.ts';
import type { ImportReport } from '../methods-files.ts';
import { Rational } from '../rational.ts';
import { refuse } from '../refusal.ts';
import { readPromotion, requireHeld } from '../seeing.ts';
import type { Reading } from '../seeing.ts';
import { isDecimal } from '../shapes.ts';
import type { GradebookTables, MarkRow } from '../tables.ts';
import { makeChange } from '../write.ts';
import type { WriteCall } from '../write.ts';
import { fold, readColumns } from './columns.ts';
import type { Columns, MarkColumn } from './columns.ts';
import { refuseCells, refuseImport } from './import-students.ts';
import { Report } from './report.ts';
import { namePerson, readPerson, Roster } from './roster.ts';
import { readTable } from './table.ts';
import type { Table, TableLine } from './table.ts';

/** What is asked of a file of marks. */
export interface MarkImport {
  readonly promotion: string;
  readonly content: string;
  readonly assessment?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** A column of marks and the assessment they are given in. */
interface Target {
  readonly column: MarkColumn;
  readonly assessment: AssessmentImage;
  readonly isNew: boolean;
  /** Marks there are, by student. */
  readonly marks: ReadonlyMap<string, MarkRow>;
}

interface MarkPlan {
  readonly report: Report;
  readonly targets: readonly Target[];
  readonly marks: readonly {
    readonly before: MarkImage | null;
    readonly after: MarkImage;
    readonly previous: string | null;
  }[];
}

/** Words for what a mark is without being a number, of other programs too, folded. */
const words: ReadonlyMap<string, string> = new Map([
  ['abs', 'ABS'],
  ['abi', 'ABS'],
  ['absent', 'ABS'],
  ['absente', 'ABS'],
  ['exc', 'EXC'],
  ['abj', 'EXC'],
  ['dis', 'EXC'],
  ['excuse', 'EXC'],
  ['excused', 'EXC'],
  ['dispense', 'EXC'],
  ['att', 'ATT'],
  ['pending', 'ATT'],
  ['en attente', 'ATT'],
]);

/** A cell as a mark: empty for none, `undefined` for what is neither. */
export function readMark(cell: string): string | undefined {
  if (cell === '' || cell === '-' || cell === '–') return '';
  const number = cell.replaceAll(/[\s\u202f]/gu, '').replace(',', '.');
  if (isDecimal(number)) return number;
  return words.get(fold(cell));
}

/** Out of what a new assessment is whose heading does not say: 100 is what Moodle begins with. */
function guessScale(table: Table, { index }: MarkColumn): string {
  const limit = Rational.of(20n);
  const isAbove = table.lines.slice(1).some(({ cells }) => {
    const mark = readMark(cells[index] ?? '');
    return mark !== undefined && isDecimal(mark) && Rational.parse(mark).compare(limit) > 0;
  });
  return isAbove ? '100' : '20';
}

async function findTargets(
  reading: Reading,
  { promotion, assessment }: MarkImport,
  table: Table,
  columns: Columns,
): Promise<Target[]> {
  const rows = await reading.query
    .selectFrom('assessments')
    .selectAll()
    .where('promotion', '=', promotion)
    .execute();
  const byName = new Map(rows.map((row) => [fold(row.name), row]));
  const targets: Target[] = [];
  for (const column of columns.marks) {
    const row =
      assessment === undefined
        ? byName.get(fold(column.name))
        : rows.find(({ id }) => id === assessment);
    if (assessment !== undefined && row === undefined) {
      throw refuse('NO_SUCH_ASSESSMENT', { assessment });
    }
    const marks = new Map<string, MarkRow>();
    if (row !== undefined) {
      const known = await reading.query
        .selectFrom('marks')
        .selectAll()
        .where('assessment', '=', row.id)
        .execute();
      for (const mark of known) marks.set(mark.student, mark);
    }
    const { name, coefficient } = column;
    const scale = column.scale ?? guessScale(table, column);
    targets.push({
      column,
      isNew: row === undefined,
      marks,
      assessment:
        row === undefined
          ? makeAssessment({ promotion, name, scale, coefficient })
          : toAssessmentImage(row),
    });
  }
  return targets;
}

type Planned = MarkPlan['marks'][number];

/** What a line's cells ask for; tells of the first that is no mark, and then asks for nothing. */
function planLine(
  line: TableLine,
  student: string,
  targets: readonly Target[],
  report: Report,
): { readonly marks: Planned[]; readonly same: number } | undefined {
  const marks: Planned[] = [];
  let same = 0;
  for (const { column, assessment, marks: known } of targets) {
    const text = line.cells[column.index] ?? '';
    const value = readMark(text);
    if (value === '') continue;
    const place = column.index + 1;
    if (value === undefined) {
      report.tell(line.line, 'error', 'BAD_MARK', { text: text.slice(0, 40) }, place);
      return undefined;
    }
    const { scale, coefficient, published } = assessment;
    if (isDecimal(value) && Rational.parse(value).compare(Rational.parse(scale)) > 0) {
      report.tell(line.line, 'error', 'ABOVE_SCALE', { text, scale }, place);
      return undefined;
    }
    const row = known.get(student);
    if (row === undefined) {
      const after: MarkImage = {
        mark: nextIdentifier(),
        student,
        assessment: assessment.assessment,
        label: '',
        date: null,
        value,
        scale,
        coefficient,
        published,
        version: 1,
      };
      marks.push({ before: null, after, previous: null });
    } else if (isSameMark(row.value, value)) {
      same++;
    } else {
      const before = toMarkImage(row);
      const after = { ...before, value, version: before.version + 1 };
      marks.push({ before, after, previous: row.change });
    }
  }
  return { marks, same };
}

function isSameMark(first: string, second: string): boolean {
  if (first === second) return true;
  if (!isDecimal(first) || !isDecimal(second)) return false;
  return Rational.parse(first).compare(Rational.parse(second)) === 0;
}

async function planMarks(
  reading: Reading,
  asked: MarkImport,
  table: Table,
  columns: Columns,
): Promise<MarkPlan> {
  const roster = await Roster.read(reading, asked.promotion);
  const targets = await findTargets(reading, asked, table, columns);
  const report = new Report();
  const [first] = table.lines;
  for (const { isNew, assessment, column } of targets) {
    const { name, scale, coefficient } = assessment;
    if (!isNew) continue;
    report.tell(
      first?.line ?? 1,
      'add',
      'ASSESSMENT',
      { name, scale, coefficient },
      column.index + 1,
    );
  }
  const planned: Planned[] = [];
  const seen = new Map<string, number>();
  for (const line of table.lines.slice(1)) {
    if (line.cells.every((cell) => cell === '')) {
      report.tell(line.line, 'skip', 'EMPTY');
      continue;
    }
    if (refuseCells(line, columns, report)) continue;
    const person = readPerson(line, columns);
    const name = namePerson(person);
    const { student, ...found } = roster.find(person);
    if (student === undefined) {
      const isAmbiguous = 'isAmbiguous' in found && found.isAmbiguous;
      report.tell(
        line.line,
        'error',
        isAmbiguous ? 'SEVERAL_STUDENTS' : 'UNKNOWN_STUDENT',
        { name },
        1,
      );
      continue;
    }
    const before = seen.get(student.id);
    if (before !== undefined) {
      report.tell(line.line, 'error', 'STUDENT_TWICE', { name, line: before }, 1);
      continue;
    }
    seen.set(student.id, line.line);
    const plan = planLine(line, student.id, targets, report);
    if (plan === undefined) continue;
    const added = plan.marks.filter((mark) => mark.before === null).length;
    const changed = plan.marks.length - added;
    if (student.marks + added > gradebookLimits.maxMarks) {
      report.tell(line.line, 'error', 'TOO_MANY_MARKS', { limit: gradebookLimits.maxMarks }, 1);
      continue;
    }
    const fate = changed > 0 ? 'change' : added > 0 ? 'add' : 'same';
    report.tell(line.line, fate, 'MARKS', { name, added, changed, same: plan.same });
    planned.push(...plan.marks);
  }
  return { report, targets, marks: planned };
}

async function carryOut(ledger: Ledger, edit: Edit, { targets, marks }: MarkPlan): Promise<void> {
  for (const { isNew, assessment } of targets) {
    if (isNew) await ledger.putAssessment(edit, null, assessment);
  }
  await ledger.preload([...new Set(marks.map(({ after }) => after.student))]);
  for (const { before, after, previous } of marks) {
    await ledger.putMark(edit, before, after, previous);
  }
}

/** Gives and changes the marks of a file, or tells what would become of it. */
export async function importMarks(
  store: Store<GradebookTables>,
  call: WriteCall,
  asked: MarkImport,
): Promise<ImportReport> {
  const { promotion, dryRun = false } = asked;
  const table = await readTable(asked.content);
  const columns = readColumns(table.lines[0]?.cells ?? []);
  const [, second] = columns.marks;
  if (columns.marks.length === 0 || (asked.assessment !== undefined && second !== undefined)) {
    throw refuse('NO_MARK_COLUMN');
  }
  const plan = await store.read(async (query, run) => {
    const reading = { query, run };
    await requireHeld(reading, call.caller, promotion);
    await readPromotion(reading, promotion);
    return planMarks(reading, asked, table, columns);
  });
  const finish = ({ report }: MarkPlan, done: boolean): ImportReport =>
    report.finish(table, columns.isMoodle, dryRun, done);
  if (dryRun || plan.report.hasErrors || !plan.report.hasWork) {
    return finish(plan, !dryRun && !plan.report.hasErrors);
  }
  let made = plan;
  return makeChange(
    store,
    call,
    async (ledger) => {
      await ledger.hold(promotion, call.caller);
      // Looked at again, now that nobody else can change the promotion.
      made = await planMarks(ledger, asked, table, columns);
      if (made.report.hasErrors) throw refuseImport(made.report);
      const created = made.targets.filter(({ isNew }) => isNew).length;
      await checkAssessmentCount(ledger, promotion, created);
      const edit = ledger.begin(promotion);
      await carryOut(ledger, edit, made);
      return edit;
    },
    () => finish(made, true),
  );
}
