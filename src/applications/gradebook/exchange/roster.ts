import { gradebookLimits } from '../limits.ts';
import type { Reading } from '../seeing.ts';
import type { StudentRow } from '../tables.ts';
import { fold, splitName } from './columns.ts';
import type { Columns, PersonField } from './columns.ts';
import type { Report } from './report.ts';
import type { TableLine } from './table.ts';
import { readAllStudents } from './whole-promotion.ts';

/** Who a line says a student is. */
export interface Person {
  readonly familyName: string;
  readonly givenName: string;
  readonly number: string;
  readonly email: string;
}

/** The cell of a line that tells a thing of the student; empty where there is no such column. */
export function cellOf({ cells }: TableLine, { person }: Columns, field: PersonField): string {
  const index = person.get(field);
  return index === undefined ? '' : (cells[index] ?? '');
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

/** Who a line is about. */
export function readPerson(line: TableLine, columns: Columns): Person {
  const fullName = cellOf(line, columns, 'fullName');
  const split = fullName === '' ? undefined : splitName(fullName);
  return {
    familyName: cellOf(line, columns, 'familyName') || (split?.familyName ?? ''),
    givenName: cellOf(line, columns, 'givenName') || (split?.givenName ?? ''),
    number: cellOf(line, columns, 'number'),
    email: cellOf(line, columns, 'email'),
  };
}

/** A person as a report names them. */
export function namePerson({ familyName, givenName, number, email }: Person): string {
  return `${givenName} ${familyName}`.trim() || number || email;
}

/** What a person was found by among a promotion's students. */
export type Found =
  | { readonly student: StudentRow; readonly by: 'number' | 'email' | 'name' }
  | { readonly student: undefined; readonly isAmbiguous: boolean };

function keep(index: Map<string, StudentRow[]>, key: string, student: StudentRow): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, [student]);
  else known.push(student);
}

/** What a line tells a student by, and what it says besides that is not theirs. */
export interface Contradiction {
  readonly field: 'number' | 'email';
  /** The number or address they were found by. */
  readonly key: string;
  readonly said: string;
}

/** Folded, without repetitions. */
function wordsOf(name: string): Set<string> {
  return new Set(fold(name).split(' '));
}

/** The students of a promotion, to be found by what a file tells of them. */
export class Roster {
  readonly #byNumber = new Map<string, StudentRow[]>();
  readonly #byEmail = new Map<string, StudentRow[]>();
  readonly #byName = new Map<string, StudentRow[]>();

  constructor(students: readonly StudentRow[]) {
    for (const student of students) {
      const { number, email, familyName, givenName } = student;
      if (number !== null) keep(this.#byNumber, number, student);
      if (email !== null) keep(this.#byEmail, email.toLowerCase(), student);
      keep(this.#byName, `${fold(familyName)}\t${fold(givenName)}`, student);
    }
  }

  static async read(reading: Reading, promotion: string): Promise<Roster> {
    return new Roster(await readAllStudents(reading, promotion));
  }

  /** By number if one is told, else by e-mail, else by names. */
  find({ number, email, familyName, givenName }: Person): Found {
    const byNumber = number === '' ? undefined : this.#byNumber.get(number);
    const byEmail = email === '' ? undefined : this.#byEmail.get(email.toLowerCase());
    let found = byNumber ?? byEmail ?? [];
    let by: 'number' | 'email' | 'name' = byNumber === undefined ? 'email' : 'number';
    if (found.length === 0) {
      by = 'name';
      const named = this.#byName.get(`${fold(familyName)}\t${fold(givenName)}`) ?? [];
      // A student with another number is another student, whatever their name.
      found = named.filter((student) => number === '' || student.number === null);
    }
    const [student, other] = found;
    return student !== undefined && other === undefined
      ? { student, by }
      : { student: undefined, isAmbiguous: student !== undefined };
  }

  /** What a line says of another than the one it was found to be about, if it does. */
  findContradiction(person: Person, found: Found): Contradiction | undefined {
    if (found.student === undefined || found.by === 'name') return undefined;
    const { student, by } = found;
    const { number, email, familyName, givenName } = person;
    const contradict = (said: string): Contradiction => ({ field: by, key: person[by], said });
    const isNamed = familyName !== '' || givenName !== '';
    if (isNamed && this.#isOther(person, student)) return contradict(namePerson(person));
    if (by === 'email') {
      const isOther = number !== '' && student.number !== null && student.number !== number;
      return isOther ? contradict(number) : undefined;
    }
    const addressed = email === '' ? undefined : this.#byEmail.get(email.toLowerCase());
    return addressed?.includes(student) === false ? contradict(email) : undefined;
  }

  /** Files leave out or add given names, and turn names round; that alone makes nobody another. */
  #isOther({ familyName, givenName }: Person, student: StudentRow): boolean {
    const said = wordsOf(`${familyName} ${givenName}`.trim());
    const known = wordsOf(`${student.familyName} ${student.givenName}`.trim());
    if (!said.isSubsetOf(known) && !known.isSubsetOf(said)) return true;
    if (said.size === known.size) return false;
    const named = this.#byName.get(`${fold(familyName)}\t${fold(givenName)}`);
    return named?.includes(student) === false;
  }
}
