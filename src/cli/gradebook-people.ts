import { addSubcommand, drawTable, localNumber, withBook } from './gradebook-command.ts';
import type { GradebookHost } from './gradebook-command.ts';
import {
  findAccount,
  findPromotion,
  findStudent,
  listPromotions,
  nameStudent,
} from './gradebook-connect.ts';
import type { Promotion, StudentWithMarks } from './gradebook-connect.ts';
import { ask } from './ask.ts';
import { UsageError } from './terminal.ts';

/** Adds the subcommands about promotions and students. */
export function addPeople(host: GradebookHost): void {
  addPromotions(host);
  addStudents(host);
  addStudentChanges(host);
  addPrivacy(host);
}

function drawPromotions({ words }: GradebookHost, promotions: readonly Promotion[]): string {
  const { promotion, year, students, state, identifier } = words.columns;
  return drawTable(
    [promotion, year, students, state, identifier],
    promotions.map((one) => [
      one.name,
      one.year,
      one.students,
      one.archived ? words.archived : '',
      one.promotion,
    ]),
  );
}

function addPromotions(host: GradebookHost): void {
  const { words } = host;
  const { options } = words;
  addSubcommand(host, 'promotions')
    .option('--all', options.all)
    .action((flags: { readonly all?: boolean }) =>
      withBook(host, async (book) => {
        const promotions = await listPromotions(book, flags.all === true);
        return { value: promotions, text: drawPromotions(host, promotions) };
      }),
    );
  addSubcommand(host, 'create-promotion', '<name>')
    .option('--year <year>', options.year)
    .action((name: string, flags: { readonly year?: string }) =>
      withBook(host, async (book) => {
        const made = await book.createPromotion({ name, ...flags });
        return { value: made, text: words.created(made.name, made.promotion) };
      }),
    );
  addSubcommand(host, 'update-promotion', '<promotion>')
    .option('--name <name>', options.name)
    .option('--year <year>', options.year)
    .action((which: string, flags: { readonly name?: string; readonly year?: string }) =>
      withBook(host, async (book) => {
        const { promotion, version } = await findPromotion(book, which, words);
        const changed = await book.updatePromotion({ promotion, version, ...flags });
        return { value: changed, text: drawPromotions(host, [changed]) };
      }),
    );
  addSubcommand(host, 'archive', '<promotion>')
    .option('--reopen', options.reopen)
    .action((which: string, flags: { readonly reopen?: boolean }) =>
      withBook(host, async (book) => {
        const { promotion } = await findPromotion(book, which, words);
        const archived = flags.reopen !== true;
        const changed = await book.archivePromotion({ promotion, archived });
        return { value: changed, text: drawPromotions(host, [changed]) };
      }),
    );
  addSubcommand(host, 'assign', '<promotion> <account>')
    .option('--undo', options.undoLink)
    .action((which: string, who: string, flags: { readonly undo?: boolean }) =>
      withBook(host, async (book) => {
        const { promotion } = await findPromotion(book, which, words);
        const account = await findAccount(book, who, words);
        const call = flags.undo === true ? book.unassignTeacher : book.assignTeacher;
        const changed = await call({ promotion, account });
        return { value: changed, text: words.done(`${who} · ${changed.name}`) };
      }),
    );
}

function drawStudents(host: GradebookHost, students: readonly StudentWithMarks[]): string {
  const { student, number, average, marks, identifier } = host.words.columns;
  return drawTable(
    [student, number, average, marks, identifier],
    students.map((one) => [
      nameStudent(one),
      one.number,
      localNumber(host, one.average.average ?? ''),
      one.marks
        .map(({ value, scale, coefficient }) =>
          localNumber(host, shortMark(value, scale, coefficient)),
        )
        .join(' '),
      one.student,
    ]),
  );
}

/** A mark in few characters, as `add-marks` takes it: out of 20 and a coefficient of 1 go without saying. */
export function shortMark(value: string, scale: string, coefficient: string): string {
  const outOf = scale === '20' || /^[AE]/.test(value) ? '' : `/${scale}`;
  return `${value}${outOf}${coefficient === '1' ? '' : `x${coefficient}`}`;
}

function addStudents(host: GradebookHost): void {
  const { words } = host;
  const { options } = words;
  addSubcommand(host, 'students', '<promotion>').action((which: string) =>
    withBook(host, async (book) => {
      const { promotion } = await findPromotion(book, which, words);
      const students: StudentWithMarks[] = [];
      for await (const one of book.streamStudents({ promotion })) students.push(one);
      return { value: students, text: drawStudents(host, students) };
    }),
  );
  addSubcommand(host, 'add-student', '<promotion> <family> [given]')
    .option('--number <number>', options.number)
    .option('--email <address>', options.email)
    .action(
      (
        which: string,
        familyName: string,
        givenName: string | undefined,
        flags: { readonly number?: string; readonly email?: string },
      ) =>
        withBook(host, async (book) => {
          const { promotion } = await findPromotion(book, which, words);
          const made = await book.addStudent({
            promotion,
            familyName,
            ...(givenName !== undefined && { givenName }),
            ...flags,
          });
          return { value: made, text: words.created(nameStudent(made), made.student) };
        }),
    );
}

interface StudentFlags {
  readonly promotion?: string;
  readonly familyName?: string;
  readonly givenName?: string;
  readonly number?: string;
  readonly email?: string;
}

function addStudentChanges(host: GradebookHost): void {
  const { words } = host;
  const { options } = words;
  addSubcommand(host, 'update-student', '<student>')
    .option('--promotion <promotion>', options.promotion)
    .option('--family-name <name>', options.familyName)
    .option('--given-name <name>', options.givenName)
    .option('--number <number>', options.number)
    .option('--email <address>', options.email)
    .action((who: string, { promotion, ...changes }: StudentFlags) =>
      withBook(host, async (book) => {
        const { student, version } = await findStudent(book, who, words, promotion);
        const changed = await book.updateStudent({ student, version, ...changes });
        return { value: changed, text: words.done(nameStudent(changed)) };
      }),
    );
  addSubcommand(host, 'move', '<student> <promotion>').action((who: string, where: string) =>
    withBook(host, async (book) => {
      const { student } = await findStudent(book, who, words, undefined);
      const target = await findPromotion(book, where, words);
      const moved = await book.moveStudent({ student, promotion: target.promotion });
      return { value: moved, text: words.done(`${nameStudent(moved)} → ${target.name}`) };
    }),
  );
  addSubcommand(host, 'remove', '<student>')
    .option('--promotion <promotion>', options.promotion)
    .action((who: string, flags: StudentFlags) =>
      withBook(host, async (book) => {
        const { student, version } = await findStudent(book, who, words, flags.promotion);
        const removed = await book.removeStudent({ student, version });
        return { value: removed, text: words.done(nameStudent(removed)) };
      }),
    );
  addSubcommand(host, 'link', '<student> <account>')
    .option('--promotion <promotion>', options.promotion)
    .option('--undo', options.undoLink)
    .action((who: string, whom: string, flags: StudentFlags & { readonly undo?: boolean }) =>
      withBook(host, async (book) => {
        const { student } = await findStudent(book, who, words, flags.promotion);
        const account = flags.undo === true ? null : await findAccount(book, whom, words);
        const linked = await book.linkStudent({ student, account });
        return { value: linked, text: words.done(`${nameStudent(linked)} · ${whom}`) };
      }),
    );
}

function addPrivacy(host: GradebookHost): void {
  const { words } = host;
  const { options } = words;
  addSubcommand(host, 'person', '<student>')
    .option('--promotion <promotion>', options.promotion)
    .action((who: string, flags: StudentFlags) =>
      withBook(host, async (book) => {
        const { student } = await findStudent(book, who, words, flags.promotion);
        const value = await book.exportPerson({ student });
        return { value, text: JSON.stringify(value, undefined, 2) };
      }),
    );
  addSubcommand(host, 'erase', '<student>')
    .option('--promotion <promotion>', options.promotion)
    .option('--yes', options.yes)
    .action((who: string, flags: StudentFlags & { readonly yes?: boolean }) =>
      withBook(host, async (book) => {
        const found = await findStudent(book, who, words, flags.promotion);
        if (flags.yes !== true) {
          if (!process.stdin.isTTY) throw new UsageError(words.needsYes);
          const answer = await ask(words.askErase(nameStudent(found)));
          if (answer?.trim() !== words.yes) {
            return { value: { erased: false }, text: words.notErased, exitCode: 1 };
          }
        }
        const value = await book.erasePerson({ student: found.student });
        return { value, text: words.erased };
      }),
    );
}
