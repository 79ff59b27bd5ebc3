import { implement } from '../../service/index.ts';
import type { CallContext, ImplementedService, TaskOptions } from '../../service/index.ts';
import type { Store } from '../../store/index.ts';
import { AccountBook } from './account-book.ts';
import {
  answerPromotionAverage,
  answerRanking,
  answerStatistics,
  answerStudentAverage,
} from './answers.ts';
import { changeAssessment, createAssessment, showChangedAssessment } from './assessments.ts';
import type { Caller, FindAccount } from './caller.ts';
import { exportMarks, SheetWriter } from './exchange/export.ts';
import { importMarks } from './exchange/import-marks.ts';
import { importStudents } from './exchange/import-students.ts';
import { FileReader } from './exchange/reader.ts';
import type { Edit, Ledger } from './ledger.ts';
import { MarkWriter } from './mark-writer.ts';
import { correctMark, publish, removeMark } from './marks.ts';
import type { StudentWithMarks } from './methods-people.ts';
import { PageMemory } from './pages.ts';
import { changePromotion, createPromotion, showChangedPromotion } from './promotions.ts';
import {
  exportPerson,
  findStudents,
  listAssessments,
  listOwn,
  listPromotions,
  listStudents,
  readHistory,
  readMarkHistory,
} from './reads.ts';
import type { Reading } from './seeing.ts';
import { gradebook } from './service.ts';
import { StandingMemory } from './standing-memory.ts';
import type { MemoryOptions } from './standing-memory.ts';
import {
  addStudents,
  changeStudent,
  erasePerson,
  moveStudent,
  showChangedStudents,
} from './students.ts';
import type { GradebookTables } from './tables.ts';
import { undo } from './undo.ts';
import { makeChange, showChange } from './write.ts';
import type { MadeChange, WriteCall } from './write.ts';

/** The one of a call that was given one. */
function only<Thing>(things: readonly Thing[]): Thing {
  const [thing] = things;
  if (thing === undefined) throw new TypeError('the change changed nothing');
  return thing;
}

function markOf({ items }: MadeChange) {
  return only(
    items.flatMap((item) => (item.kind === 'mark' && item.after !== null ? [item.after] : [])),
  );
}

/** What a call allows the work that is done for it elsewhere. */
function taskOf({ remaining, signal }: CallContext): TaskOptions {
  return { deadline: remaining, signal };
}

/** Students that one page of a stream reads. */
const streamPage = 100;

/** Waits for what goes on in any case, for so many milliseconds at most. */
async function waitFor(work: Promise<void>, longest: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, longest);
  // A store that fails, or is closed meanwhile, is told of by whoever calls next.
  work.then(resolve, resolve);
  await promise;
  clearTimeout(timer);
}

/** What the gradebook may be made with besides. */
export interface GradebookOptions extends MemoryOptions {
  /** Looks up accounts that promotions and students are given to; by default any identifier is taken. */
  readonly findAccount?: FindAccount;
}

/** Milliseconds that the read ahead of large promotions may delay the start; it then goes on beside calls. */
const longestAhead = 2_000;

/**
 * The gradebook on a store, once its largest promotions were read ahead: whoever asks first for one of
 * tens of thousands of students is answered as soon as who asks next.
 *
 * @param identify tells who makes a call.
 */
export async function implementGradebook(
  store: Store<GradebookTables>,
  identify: (context: CallContext) => Caller,
  { findAccount, ...limits }: GradebookOptions = {},
): Promise<ImplementedService> {
  const memory = new StandingMemory(store, limits);
  const writer = new MarkWriter(store);
  const pages = new PageMemory();
  const reader = new FileReader();
  const sheets = new SheetWriter();
  const known = new AccountBook(findAccount);
  await waitFor(memory.warm(), longestAhead);

  const onCommit = (ledger: Ledger): void => memory.follow(ledger);
  const callOf = (context: CallContext, params: unknown): WriteCall => ({
    caller: identify(context),
    action: context.method.slice(context.method.indexOf('.') + 1),
    params,
    key: context.idempotencyKey,
    onCommit,
  });
  const change = <Result>(
    context: CallContext,
    params: unknown,
    make: (ledger: Ledger, caller: Caller) => Promise<Edit>,
    answer: (made: MadeChange, ledger: Ledger) => Result | Promise<Result>,
  ): Promise<Result> => {
    const call = callOf(context, params);
    return makeChange(store, call, (ledger) => make(ledger, call.caller), answer);
  };
  const read = <Result>(
    context: CallContext,
    work: (reading: Reading, caller: Caller) => Promise<Result>,
  ): Promise<Result> => {
    const caller = identify(context);
    return store.read((query, run) => work({ query, run }, caller));
  };

  return implement(gradebook, {
    createPromotion: (params, context) =>
      change(context, params, (ledger) => createPromotion(ledger, params), showChangedPromotion),
    listPromotions: (params, context) =>
      read(context, (reading, caller) => listPromotions(reading, caller, params)),
    updatePromotion: (params, context) =>
      change(
        context,
        params,
        (ledger, caller) => changePromotion(ledger, caller, params),
        showChangedPromotion,
      ),
    archivePromotion: (params, context) => {
      const changes = { promotion: params.promotion, archived: params.archived ?? true };
      return change(
        context,
        params,
        (ledger, caller) => changePromotion(ledger, caller, changes),
        showChangedPromotion,
      );
    },
    assignTeacher: (params, context) => {
      const { promotion, account } = params;
      const changes = { promotion, teacher: { account, isAdded: true } };
      return change(
        context,
        params,
        async (ledger, caller) => {
          await known.requireTeacher(ledger.query, account);
          return changePromotion(ledger, caller, changes);
        },
        showChangedPromotion,
      );
    },
    unassignTeacher: (params, context) => {
      const { promotion, account } = params;
      const changes = { promotion, teacher: { account, isAdded: false } };
      return change(
        context,
        params,
        (ledger, caller) => changePromotion(ledger, caller, changes),
        showChangedPromotion,
      );
    },

    addStudent: (params, context) => {
      const { promotion, ...student } = params;
      return change(
        context,
        params,
        (ledger, caller) => addStudents(ledger, caller, promotion, [student]),
        (made) => only(showChangedStudents(made)),
      );
    },
    addStudents: (params, context) =>
      change(
        context,
        params,
        (ledger, caller) => addStudents(ledger, caller, params.promotion, params.students),
        (made) => ({ students: showChangedStudents(made) }),
      ),
    updateStudent: (params, context) =>
      change(
        context,
        params,
        (ledger, caller) => changeStudent(ledger, caller, params),
        (made) => only(showChangedStudents(made)),
      ),
    moveStudent: (params, context) =>
      change(
        context,
        params,
        (ledger, caller) => moveStudent(ledger, caller, params.student, params.promotion),
        (made) => only(showChangedStudents(made)),
      ),
    removeStudent: (params, context) =>
      change(
        context,
        params,
        (ledger, caller) => changeStudent(ledger, caller, { ...params, removed: true }),
        (made) => only(showChangedStudents(made)),
      ),
    linkStudent: (params, context) =>
      change(
        context,
        params,
        async (ledger, caller) => {
          if (params.account !== null) await known.require(ledger.query, params.account);
          return changeStudent(ledger, caller, params);
        },
        (made) => only(showChangedStudents(made)),
      ),
    listStudents: (params, context) =>
      read(context, (reading, caller) => listStudents(reading, pages, caller, params)),
    findStudents: (params, context) =>
      read(context, (reading, caller) => findStudents(reading, caller, params)),
    async *streamStudents({ promotion }, context): AsyncGenerator<StudentWithMarks> {
      const caller = identify(context);
      let cursor: string | undefined;
      do {
        const asked = { promotion, limit: streamPage, cursor };
        const page = await store.read((query, run) =>
          listStudents({ query, run }, pages, caller, asked),
        );
        yield* page.students;
        cursor = page.next ?? undefined;
      } while (cursor !== undefined && !context.signal.aborted);
    },
    myRecords: (_, context) => read(context, listOwn),
    exportPerson: ({ student }, context) =>
      read(context, (reading, caller) => exportPerson(reading, caller, student)),
    erasePerson: (params, context) =>
      change(
        context,
        params,
        (ledger, caller) => erasePerson(ledger, caller, params.student),
        () => ({ student: params.student, erased: true as const }),
      ),

    createAssessment: (params, context) =>
      change(
        context,
        params,
        (ledger, caller) => createAssessment(ledger, caller, params),
        showChangedAssessment,
      ),
    listAssessments: ({ promotion }, context) =>
      read(context, (reading, caller) => listAssessments(reading, caller, promotion)),
    updateAssessment: (params, context) =>
      change(
        context,
        params,
        (ledger, caller) => changeAssessment(ledger, caller, params),
        showChangedAssessment,
      ),

    addMark: async (params, context) => only(await writer.add(callOf(context, params), [params])),
    addMarks: async (params, context) => ({
      marks: await writer.add(callOf(context, params), params.marks),
    }),
    correctMark: (params, context) =>
      change(context, params, (ledger, caller) => correctMark(ledger, caller, params), markOf),
    removeMark: (params, context) =>
      change(
        context,
        params,
        (ledger, caller) => removeMark(ledger, caller, params),
        () => ({ mark: params.mark, removed: true as const }),
      ),
    publish: (params, context) =>
      change(
        context,
        params,
        (ledger, caller) => publish(ledger, caller, params),
        ({ items }) => ({
          changed: items.filter(
            (item) => item.kind === 'mark' && item.before?.published !== item.after?.published,
          ).length,
        }),
      ),
    markHistory: ({ mark }, context) =>
      read(context, async (reading, caller) =>
        known.nameAuthors(reading.query, await readMarkHistory(reading, caller, mark)),
      ),
    history: (params, context) =>
      read(context, async (reading, caller) =>
        known.nameAuthors(reading.query, await readHistory(reading, caller, params)),
      ),
    undo: (params, context) =>
      change(
        context,
        params,
        (ledger, caller) => undo(ledger, caller, params.change),
        (made) => showChange(made),
      ),

    studentAverage: (params, context) =>
      read(context, (reading, caller) => answerStudentAverage(reading, memory, caller, params)),
    promotionAverage: (params, context) =>
      read(context, (reading, caller) => answerPromotionAverage(reading, memory, caller, params)),
    statistics: (params, context) =>
      read(context, (reading, caller) => answerStatistics(reading, memory, caller, params)),
    ranking: (params, context) =>
      read(context, (reading, caller) => answerRanking(reading, memory, caller, params)),

    importStudents: (params, context) =>
      importStudents(store, reader, callOf(context, params), params, taskOf(context)),
    importMarks: (params, context) =>
      importMarks(store, reader, callOf(context, params), params, taskOf(context)),
    exportMarks: async (params, context) => {
      // Written once the store has been left: others read meanwhile.
      const write = await read(context, (reading, caller) => exportMarks(reading, caller, params));
      return write(sheets, taskOf(context));
    },
  });
}
