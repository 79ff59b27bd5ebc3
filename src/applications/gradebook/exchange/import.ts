import type { TaskOptions } from '../../../service/index.ts';
import type { Store } from '../../../store/index.ts';
import { nameStudent } from '../images.ts';
import type { Edit, Ledger } from '../ledger.ts';
import type { ImportReport } from '../methods-files.ts';
import { Pace } from '../pace.ts';
import { refuse } from '../refusal.ts';
import { readPromotion, requireHeld } from '../seeing.ts';
import type { Reading } from '../seeing.ts';
import type { GradebookTables } from '../tables.ts';
import { makeChange } from '../write.ts';
import type { WriteCall } from '../write.ts';
import type { ImportFile } from './file.ts';
import type { FileReader } from './reader.ts';
import { Report } from './report.ts';
import { namePerson, readPerson, refuseCells, Roster } from './roster.ts';
import type { Contradiction, Found, Person } from './roster.ts';
import type { TableLine } from './table.ts';

/** What every import is asked with. */
export interface ImportRequest {
  readonly promotion: string;
  /** The bytes of the file, in base64. */
  readonly content: string;
  readonly dryRun?: boolean | undefined;
}

/** A line that tells somebody. */
export interface PersonLine {
  readonly line: TableLine;
  readonly person: Person;
  /** As the report names them: a student as they are known, anybody else as the line does. */
  readonly name: string;
  readonly found: Found;
  readonly contradiction: Contradiction | undefined;
}

/** What kind of import it is. */
export interface ImportKind<Plan> {
  /** Looks at the file alone. @throws {CallError} */
  readonly accept?: (file: ImportFile) => void;
  /** Finds out what is to become of each line, and tells the report. */
  readonly plan: (
    reading: Reading,
    file: ImportFile,
    report: Report,
    people: AsyncIterable<PersonLine>,
  ) => Promise<Plan>;
  /** Does it. The promotion is held. */
  readonly carryOut: (ledger: Ledger, plan: Plan) => Promise<Edit>;
}

interface Planned<Plan> {
  readonly plan: Plan;
  readonly report: Report;
}

/**
 * Tells of the first cell of a CSV line that stands behind all columns, as the rest of a number does that its
 * comma cut in two; whether there is one. Beside the table of a spreadsheet there may be anything.
 */
function refuseSurplus({ line, cells }: TableLine, file: ImportFile, report: Report): boolean {
  const { separator } = file.kind;
  const { width } = file.columns;
  const index = cells.findIndex((cell, place) => place >= width && cell !== '');
  if (separator === null || index === -1) return false;
  const details = { text: (cells[index] ?? '').slice(0, 40), columns: width, separator };
  report.tell(line, 'error', 'TOO_MANY_CELLS', details, index + 1);
  return true;
}

/** Who each line is about; lines that tell nobody or cannot be kept are told of here, and left out. */
async function* findPeople(
  file: ImportFile,
  roster: Roster,
  report: Report,
): AsyncGenerator<PersonLine> {
  const pace = new Pace();
  for (const line of file.lines()) {
    await pace.keep();
    if (line.cells.every((cell) => cell === '')) {
      report.tell(line.line, 'skip', 'EMPTY');
      continue;
    }
    if (refuseSurplus(line, file, report)) continue;
    if (refuseCells(line, file.columns, report)) continue;
    const person = readPerson(line, file.columns);
    const found = roster.find(person);
    const contradiction = roster.findContradiction(person, found);
    const name = found.student === undefined ? namePerson(person) : nameStudent(found.student);
    yield { line, person, name, found, contradiction };
  }
}

/** Imports a file whole or not at all, or tells what would become of it. */
export async function importFile<Plan>(
  store: Store<GradebookTables>,
  reader: FileReader,
  call: WriteCall,
  { promotion, content, dryRun = false }: ImportRequest,
  options: TaskOptions,
  { accept, plan, carryOut }: ImportKind<Plan>,
): Promise<ImportReport> {
  // Nobody has a file read who may not import it.
  await store.read(async (query, run) => {
    const reading = { query, run };
    await requireHeld(reading, call.caller, promotion);
    await readPromotion(reading, promotion);
  });
  const file = await reader.read(content, call.caller.account, options);
  accept?.(file);
  const planAll = async (reading: Reading): Promise<Planned<Plan>> => {
    const report = new Report();
    for (const { index, name } of file.columns.ignored) {
      report.tell(file.firstLine, 'skip', 'OTHER_COLUMN', { name }, index + 1);
    }
    const roster = await Roster.read(reading, promotion);
    const people = findPeople(file, roster, report);
    return { plan: await plan(reading, file, report, people), report };
  };
  const planned = await store.read(async (query, run) => {
    const reading = { query, run };
    await requireHeld(reading, call.caller, promotion);
    return planAll(reading);
  });
  const finish = ({ report }: Planned<Plan>, done: boolean): ImportReport =>
    report.finish(file.kind, dryRun, done);
  const { hasErrors, hasWork } = planned.report;
  if (dryRun || hasErrors || !hasWork) return finish(planned, !dryRun && !hasErrors);
  let made = planned;
  return makeChange(
    store,
    call,
    async (ledger) => {
      await ledger.hold(promotion, call.caller);
      // Looked at again, now that nobody else can change the promotion.
      made = await planAll(ledger);
      if (made.report.hasErrors) throw refuseImport(made.report);
      return carryOut(ledger, made.plan);
    },
    () => finish(made, true),
  );
}

/** What is told when others made a file impossible while it was being imported. */
function refuseImport(report: Report): Error {
  const { line, column, text, problems } = report.firstError;
  return refuse('NOT_IMPORTED', { problems, line, column: column ?? 1, text });
}
