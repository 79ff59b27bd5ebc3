import type { LineCode } from '../../../language/gradebook-import.ts';
import type { TaskOptions } from '../../../service/index.ts';
import type { Store } from '../../../store/index.ts';
import { checkAssessmentCount, makeAssessment } from '../assessments.ts';
import { suggestDecimal } from '../decimals.ts';
import { nextIdentifier } from '../identifiers.ts';
import { toAssessmentImage, toMarkImage } from '../images.ts';
import type { AssessmentImage, MarkImage } from '../images.ts';
import type { Edit, Ledger } from '../ledger.ts';
import { gradebookLimits } from '../limits.ts';
import type { ImportReport } from '../methods-files.ts';
import { Pace } from '../pace.ts';
import { Rational } from '../rational.ts';
import { refuse } from '../refusal.ts';
import type { Reading } from '../seeing.ts';
import { isDecimal } from '../shapes.ts';
import type { GradebookTables, MarkRow } from '../tables.ts';
import type { WriteCall } from '../write.ts';
import { readMark } from './cells.ts';
import { fold } from './columns.ts';
import type { MarkColumn } from './columns.ts';
import type { ImportFile } from './file.ts';
import { importFile } from './import.ts';
import type { ImportRequest, PersonLine } from './import.ts';
import type { FileReader } from './reader.ts';
import type { Report } from './report.ts';
import type { TableLine } from './table.ts';
import { readAssessmentMarks } from './whole-promotion.ts';

/** What is asked of a file of marks. */
export interface MarkImport extends ImportRequest {
  readonly assessment?: string | undefined;
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
  readonly targets: readonly Target[];
  readonly marks: readonly {
    readonly before: MarkImage | null;
    readonly after: MarkImage;
    readonly previous: string | null;
  }[];
}

async function findTargets(
  reading: Reading,
  { promotion, assessment }: MarkImport,
  file: ImportFile,
): Promise<Target[]> {
  const rows = await reading.query
    .selectFrom('assessments')
    .selectAll()
    .where('promotion', '=', promotion)
    .execute();
  const byName = new Map(rows.map((row) => [fold(row.name), row]));
  const targets: Target[] = [];
  for (const column of file.columns.marks) {
    const row =
      assessment === undefined
        ? byName.get(fold(column.name))
        : rows.find(({ id }) => id === assessment);
    if (assessment !== undefined && row === undefined) {
      throw refuse('NO_SUCH_ASSESSMENT', { assessment });
    }
    const marks =
      row === undefined ? new Map<string, MarkRow>() : await readAssessmentMarks(reading, row.id);
    const { name, coefficient } = column;
    const scale = column.scale ?? file.guessScale(column.index);
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
      const meant = suggestDecimal(text);
      const details = { text: text.slice(0, 40), ...(meant !== undefined && { meant }) };
      report.tell(
        line.line,
        'error',
        meant === undefined ? 'BAD_MARK' : 'WRITE_MARK',
        details,
        place,
      );
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

/** The scale and coefficient of a heading, as `/10 (4)`, if they are not the assessment's. */
function findOtherScale({ column, assessment }: Target): string | undefined {
  const { scale = assessment.scale, coefficient = assessment.coefficient } = column;
  const isSame =
    isSameMark(scale, assessment.scale) && isSameMark(coefficient, assessment.coefficient);
  if (isSame) return undefined;
  const said = [
    column.scale && `/${column.scale}`,
    column.coefficient && `(${column.coefficient})`,
  ];
  return said.filter((part) => part !== undefined).join(' ');
}

/** What is to become of the marks of a file. */
async function planMarks(
  reading: Reading,
  asked: MarkImport,
  file: ImportFile,
  report: Report,
  people: AsyncIterable<PersonLine>,
): Promise<MarkPlan> {
  const asTold = await findTargets(reading, asked, file);
  const targets: Target[] = [];
  for (const target of asTold) {
    const { isNew, assessment, column } = target;
    const { name, scale, coefficient } = assessment;
    const details = { name, scale, coefficient };
    const said = isNew ? undefined : findOtherScale(target);
    const place = column.index + 1;
    if (said === undefined) targets.push(target);
    else report.tell(file.firstLine, 'error', 'OTHER_SCALE', { said, ...details }, place);
    if (isNew) report.tell(file.firstLine, 'add', 'ASSESSMENT', details, place);
  }
  const planned: Planned[] = [];
  const seen = new Map<string, number>();
  for await (const { line, name, found, contradiction } of people) {
    const tellError = (code: LineCode, details: Parameters<Report['tell']>[3]): void =>
      report.tell(line.line, 'error', code, details, 1);
    const { student } = found;
    if (student === undefined) {
      tellError(found.isAmbiguous ? 'SEVERAL_STUDENTS' : 'UNKNOWN_STUDENT', { name });
      continue;
    }
    if (contradiction !== undefined) {
      const { field, key, said } = contradiction;
      const place = (file.columns.person.get(field) ?? 0) + 1;
      report.tell(line.line, 'error', 'OTHER_STUDENT', { key, name, said }, place);
      continue;
    }
    const before = seen.get(student.id);
    if (before !== undefined) {
      tellError('STUDENT_TWICE', { name, line: before });
      continue;
    }
    seen.set(student.id, line.line);
    const plan = planLine(line, student.id, targets, report);
    if (plan === undefined) continue;
    const added = plan.marks.filter((mark) => mark.before === null).length;
    const changed = plan.marks.length - added;
    const limit = gradebookLimits.maxMarks;
    if (student.marks + added > limit) {
      tellError('TOO_MANY_MARKS', { limit });
      continue;
    }
    const fate = changed > 0 ? 'change' : added > 0 ? 'add' : 'same';
    report.tell(line.line, fate, 'MARKS', { name, added, changed, same: plan.same });
    planned.push(...plan.marks);
  }
  return { targets, marks: planned };
}

async function carryOut(ledger: Ledger, edit: Edit, { targets, marks }: MarkPlan): Promise<void> {
  for (const { isNew, assessment } of targets) {
    if (isNew) await ledger.putAssessment(edit, null, assessment);
  }
  await ledger.preload([...new Set(marks.map(({ after }) => after.student))]);
  const pace = new Pace();
  for (const { before, after, previous } of marks) {
    await pace.keep();
    await ledger.putMark(edit, before, after, previous);
  }
}

/** Gives and changes the marks of a file, or tells what would become of it. */
export function importMarks(
  store: Store<GradebookTables>,
  reader: FileReader,
  call: WriteCall,
  asked: MarkImport,
  options: TaskOptions,
): Promise<ImportReport> {
  const { promotion, assessment } = asked;
  return importFile(store, reader, call, asked, options, {
    accept({ columns }) {
      const { length } = columns.marks;
      if (length === 0 || (assessment !== undefined && length > 1)) throw refuse('NO_MARK_COLUMN');
    },
    plan: (reading, file, report, people) => planMarks(reading, asked, file, report, people),
    async carryOut(ledger, plan) {
      const created = plan.targets.filter(({ isNew }) => isNew).length;
      await checkAssessmentCount(ledger, promotion, created);
      const edit = ledger.begin(promotion);
      await carryOut(ledger, edit, plan);
      return edit;
    },
  });
}
