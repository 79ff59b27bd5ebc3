import type { Store } from '../../../store/index.ts';
import { toStudentImage } from '../images.ts';
import type { StudentImage } from '../images.ts';
import { gradebookLimits } from '../limits.ts';
import type { ImportReport } from '../methods-files.ts';
import { refuse } from '../refusal.ts';
import { readPromotion, requireHeld } from '../seeing.ts';
import type { Reading } from '../seeing.ts';
import { addStudents } from '../students.ts';
import type { NewStudent } from '../students.ts';
import type { GradebookTables } from '../tables.ts';
import { makeChange } from '../write.ts';
import type { WriteCall } from '../write.ts';
import { readColumns } from './columns.ts';
import type { Columns, PersonField } from './columns.ts';
import { Report } from './report.ts';
import { namePerson, readPerson, Roster } from './roster.ts';
import type { Person } from './roster.ts';
import { readTable } from './table.ts';
import type { Table, TableLine } from './table.ts';

/** What a file asks to be done of students. */
interface StudentPlan {
  readonly report: Report;
  readonly added: readonly NewStudent[];
  readonly changed: readonly { readonly before: StudentImage; readonly after: StudentImage }[];
}

const controls = /\p{Cc}/u;

/** The longest that each cell may be, in characters. */
const lengths: Readonly<Record<PersonField, number>> = {
  familyName: gradebookLimits.maxName,
  givenName: gradebookLimits.maxName,
  fullName: gradebookLimits.maxName,
  number: 64,
  email: 254,
};

/** Tells of the first cell of a line that cannot be kept; whether there is one. */
export function refuseCells(line: TableLine, columns: Columns, report: Report): boolean {
  for (const [field, index] of columns.person) {
    const cell = line.cells[index] ?? '';
    if (cell.length > lengths[field]) {
      report.tell(line.line, 'error', 'TOO_LONG', { limit: lengths[field] }, index + 1);
      return true;
    }
    if (controls.test(cell)) {
      report.tell(line.line, 'error', 'CONTROL', {}, index + 1);
      return true;
    }
  }
  return false;
}

function toNewStudent({ familyName, givenName, number, email }: Person): NewStudent {
  return {
    familyName,
    givenName,
    ...(number !== '' && { number }),
    ...(email !== '' && { email }),
  };
}

/** What a known student becomes: what the file leaves empty stays. */
function mergePerson(before: StudentImage, person: Person): StudentImage {
  return {
    ...before,
    familyName: person.familyName || before.familyName,
    givenName: person.givenName || before.givenName,
    number: person.number || before.number,
    email: person.email || before.email,
    version: before.version + 1,
  };
}

function findDifferences(before: StudentImage, after: StudentImage): string[] {
  const names = ['familyName', 'givenName', 'number', 'email'] as const;
  return names.filter((name) => before[name] !== after[name]);
}

async function planStudents(
  reading: Reading,
  promotion: string,
  table: Table,
  columns: Columns,
): Promise<StudentPlan> {
  const roster = await Roster.read(reading, promotion);
  const report = new Report();
  const added: NewStudent[] = [];
  const changed: { before: StudentImage; after: StudentImage }[] = [];
  const seen = new Map<string, number>();
  const tellTwice = (line: TableLine, person: Person, key: string): boolean => {
    const first = seen.get(key);
    seen.set(key, first ?? line.line);
    if (first === undefined) return false;
    const details = { name: namePerson(person), line: first };
    report.tell(line.line, 'error', 'STUDENT_TWICE', details, 1);
    return true;
  };
  for (const line of table.lines.slice(1)) {
    if (line.cells.every((cell) => cell === '')) {
      report.tell(line.line, 'skip', 'EMPTY');
      continue;
    }
    if (refuseCells(line, columns, report)) continue;
    const person = readPerson(line, columns);
    const found = roster.find(person);
    const name = namePerson(person);
    if (found.student !== undefined) {
      if (tellTwice(line, person, found.student.id)) continue;
      const before = toStudentImage(found.student);
      const after = mergePerson(before, person);
      const differences = findDifferences(before, after);
      if (differences.length === 0) report.tell(line.line, 'same', 'SAME_STUDENT', { name });
      else {
        report.tell(line.line, 'change', 'CHANGE_STUDENT', { name, what: differences.join(', ') });
        changed.push({ before, after });
      }
      continue;
    }
    if (found.isAmbiguous) {
      report.tell(line.line, 'error', 'SEVERAL_STUDENTS', { name }, 1);
    } else if (person.familyName === '') {
      const column = columns.person.get('familyName') ?? columns.person.get('fullName') ?? 0;
      report.tell(line.line, 'error', 'NO_NAME', {}, column + 1);
    } else if (!tellTwice(line, person, person.number || `\t${person.email}\t${name}`)) {
      report.tell(line.line, 'add', 'ADD_STUDENT', { name });
      added.push(toNewStudent(person));
    }
  }
  return { report, added, changed };
}

/** Adds and changes the students of a file, or tells what would become of it. */
export async function importStudents(
  store: Store<GradebookTables>,
  call: WriteCall,
  {
    promotion,
    content,
    dryRun = false,
  }: {
    readonly promotion: string;
    readonly content: string;
    readonly dryRun?: boolean | undefined;
  },
): Promise<ImportReport> {
  const table = await readTable(content);
  const columns = readColumns(table.lines[0]?.cells ?? []);
  const plan = await store.read(async (query, run) => {
    const reading = { query, run };
    await requireHeld(reading, call.caller, promotion);
    await readPromotion(reading, promotion);
    return planStudents(reading, promotion, table, columns);
  });
  const finish = ({ report }: StudentPlan, done: boolean): ImportReport =>
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
      made = await planStudents(ledger, promotion, table, columns);
      if (made.report.hasErrors) throw refuseImport(made.report);
      const edit = await addStudents(ledger, call.caller, promotion, made.added);
      for (const { before, after } of made.changed) await ledger.putStudent(edit, before, after);
      return edit;
    },
    () => finish(made, true),
  );
}

/** What is told when others made a file impossible while it was being imported. */
export function refuseImport(report: Report): Error {
  const { line, column, text, problems } = report.firstError;
  return refuse('NOT_IMPORTED', { problems, line, column: column ?? 1, text });
}
