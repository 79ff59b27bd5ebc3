import type { TaskOptions } from '../../../service/index.ts';
import type { Store } from '../../../store/index.ts';
import { nameStudent, toStudentImage } from '../images.ts';
import type { StudentImage } from '../images.ts';
import type { ImportReport } from '../methods-files.ts';
import { Pace } from '../pace.ts';
import { addStudents, requireDistinctNumbers } from '../students.ts';
import type { NewStudent } from '../students.ts';
import type { GradebookTables } from '../tables.ts';
import type { WriteCall } from '../write.ts';
import type { Columns } from './columns.ts';
import type { ImportFile } from './file.ts';
import { importFile } from './import.ts';
import type { ImportRequest, PersonLine } from './import.ts';
import type { FileReader } from './reader.ts';
import type { Report } from './report.ts';
import type { Person } from './roster.ts';

/** What a file asks to be done of students. */
interface StudentPlan {
  readonly added: readonly NewStudent[];
  readonly changed: readonly { readonly before: StudentImage; readonly after: StudentImage }[];
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

/** Who was told already in a file: nobody is told twice, and no number is given to two. */
class Told {
  readonly #columns: Columns;
  readonly #report: Report;
  readonly #people = new Map<string, number>();
  readonly #numbers = new Map<string, { readonly line: number; readonly name: string }>();

  constructor(columns: Columns, report: Report) {
    this.#columns = columns;
    this.#report = report;
  }

  /** Whether somebody was told already, or their number was; if so the report has it. */
  has({ line: { line }, person, name, found }: PersonLine): boolean {
    const { number, email } = person;
    const key = found.student?.id ?? `\t${email}\t${name}`;
    const taken = number === '' ? undefined : this.#numbers.get(number);
    // Of two new ones with one name, numbers tell that they are two.
    const isNumbered = found.student === undefined && number !== '';
    const known = isNumbered
      ? taken?.name === name
        ? taken.line
        : undefined
      : this.#people.get(key);
    if (known !== undefined) {
      this.#report.tell(line, 'error', 'STUDENT_TWICE', { name, line: known }, 1);
      return true;
    }
    if (taken !== undefined) {
      const column = this.#columns.person.get('number') ?? 0;
      this.#report.tell(line, 'error', 'NUMBER_TAKEN', { number, line: taken.line }, column + 1);
      return true;
    }
    if (!isNumbered) this.#people.set(key, line);
    if (number !== '') this.#numbers.set(number, { line, name });
    return false;
  }
}

/** What is to become of the students of a file. */
async function planStudents(
  { columns, firstLine }: ImportFile,
  report: Report,
  people: AsyncIterable<PersonLine>,
): Promise<StudentPlan> {
  const added: NewStudent[] = [];
  const changed: { before: StudentImage; after: StudentImage }[] = [];
  const told = new Told(columns, report);
  for (const { index, name } of columns.marks) {
    report.tell(firstLine, 'skip', 'OTHER_COLUMN', { name }, index + 1);
  }
  for await (const one of people) {
    const { person, name, found } = one;
    const { line } = one.line;
    if (found.student !== undefined) {
      if (told.has(one)) continue;
      const before = toStudentImage(found.student);
      const after = mergePerson(before, person);
      const differences = findDifferences(before, after);
      if (differences.length === 0) report.tell(line, 'same', 'SAME_STUDENT', { name });
      else {
        const what = differences.join(', ');
        const becomes = nameStudent(after);
        if (becomes === name) report.tell(line, 'change', 'CHANGE_STUDENT', { name, what });
        else {
          const number = before.number ?? '';
          report.tell(line, 'change', 'RENAME_STUDENT', { name, number, becomes, what });
        }
        changed.push({ before, after });
      }
    } else if (found.isAmbiguous) {
      report.tell(line, 'error', 'SEVERAL_STUDENTS', { name }, 1);
    } else if (person.familyName === '') {
      const column = columns.person.get('familyName') ?? columns.person.get('fullName') ?? 0;
      report.tell(line, 'error', 'NO_NAME', {}, column + 1);
    } else if (!told.has(one)) {
      report.tell(line, 'add', 'ADD_STUDENT', { name });
      added.push(toNewStudent(person));
    }
  }
  return { added, changed };
}

/** Adds and changes the students of a file, or tells what would become of it. */
export function importStudents(
  store: Store<GradebookTables>,
  reader: FileReader,
  call: WriteCall,
  asked: ImportRequest,
  options: TaskOptions,
): Promise<ImportReport> {
  return importFile(store, reader, call, asked, options, {
    plan: (_, file, report, people) => planStudents(file, report, people),
    async carryOut(ledger, { added, changed }) {
      const edit = await addStudents(ledger, call.caller, asked.promotion, added);
      const pace = new Pace();
      for (const { before, after } of changed) {
        await pace.keep();
        await ledger.putStudent(edit, before, after);
      }
      const images = changed.map(({ after }) => after);
      await requireDistinctNumbers(ledger, images);
      return edit;
    },
  });
}
