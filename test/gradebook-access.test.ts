import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { accounts, session } from '../src/applications/accounts/index.ts';
import { accessTable } from '../src/applications/access-table.ts';
import { gradebook } from '../src/applications/gradebook/index.ts';
import type { GradebookMethod } from '../src/applications/gradebook/index.ts';
import { openStoredServices } from '../src/applications/services/stored.ts';
import { sharedPostgres } from './support/stores.ts';
import { CallError, Channel, clientOf, serveServices } from '../src/service/index.ts';
import type { Client } from '../src/service/index.ts';

/** Who asks: with which account, in which relation to what is asked about. */
const callers = [
  'administrator',
  /** The teacher who holds the promotion. */
  'holder',
  /** A teacher who holds another one. */
  'foreign teacher',
  /** The student who is asked about. */
  'self',
  /** Another student of the promotion. */
  'classmate',
  /** A student of another promotion. */
  'stranger',
] as const;

/** What comes of a call; `published` is allowed, and shows published marks alone. */
type Cell = 'allowed' | 'published' | 'empty' | 'FORBIDDEN';

const no = 'FORBIDDEN';
const yes = 'allowed';
const onlyAdministrators: readonly Cell[] = [yes, no, no, no, no, no];
const onlyHolders: readonly Cell[] = [yes, yes, no, no, no, no];

/** What each caller is to be answered, written out apart from the table that decides it. */
const expected: Readonly<Record<GradebookMethod, readonly Cell[]>> = {
  createPromotion: onlyAdministrators,
  listPromotions: [yes, yes, 'empty', yes, yes, 'empty'],
  updatePromotion: onlyHolders,
  archivePromotion: onlyHolders,
  assignTeacher: onlyAdministrators,
  unassignTeacher: onlyAdministrators,
  addStudent: onlyHolders,
  addStudents: onlyHolders,
  updateStudent: onlyHolders,
  moveStudent: onlyHolders,
  removeStudent: onlyHolders,
  linkStudent: onlyAdministrators,
  listStudents: onlyHolders,
  streamStudents: onlyHolders,
  findStudents: [yes, yes, 'empty', yes, 'empty', 'empty'],
  // Their own: a classmate finds themselves there, and nobody else.
  myRecords: ['empty', 'empty', 'empty', 'published', 'published', 'empty'],
  exportPerson: [yes, yes, no, 'published', no, no],
  erasePerson: onlyAdministrators,
  createAssessment: onlyHolders,
  listAssessments: onlyHolders,
  updateAssessment: onlyHolders,
  addMark: onlyHolders,
  addMarks: onlyHolders,
  correctMark: onlyHolders,
  removeMark: onlyHolders,
  publish: onlyHolders,
  markHistory: onlyHolders,
  history: onlyHolders,
  undo: onlyHolders,
  studentAverage: [yes, yes, no, 'published', no, no],
  promotionAverage: [yes, yes, no, 'published', 'published', no],
  statistics: [yes, yes, no, 'published', 'published', no],
  ranking: onlyHolders,
  importStudents: onlyHolders,
  importMarks: onlyHolders,
  exportMarks: onlyHolders,
};

/** What one method is tried on: a promotion of two students with two marks, one of them published. */
interface Fixture {
  readonly promotion: string;
  readonly student: string;
  readonly assessment: string;
  readonly mark: string;
  readonly change: string;
  readonly target: string;
}

function paramsFor(of: Fixture, account: string): Readonly<Record<GradebookMethod, unknown>> {
  const { promotion, student, assessment, mark, change, target } = of;
  const content = Buffer.from('Nom;Prénom\nNew;One\n').toString('base64');
  const marks = Buffer.from('Nom;Prénom;Other\nSelf;One;3\n').toString('base64');
  return {
    createPromotion: { name: 'new' },
    listPromotions: {},
    updatePromotion: { promotion, name: 'renamed' },
    archivePromotion: { promotion, archived: false },
    assignTeacher: { promotion, account },
    unassignTeacher: { promotion, account: 'nobody' },
    addStudent: { promotion, familyName: 'A' },
    addStudents: { promotion, students: [{ familyName: 'A' }] },
    updateStudent: { student, number: '9' },
    moveStudent: { student, promotion: target },
    removeStudent: { student },
    linkStudent: { student, account },
    listStudents: { promotion },
    streamStudents: { promotion },
    findStudents: { text: 'self', promotion },
    myRecords: {},
    exportPerson: { student },
    erasePerson: { student },
    createAssessment: { promotion, name: 'another' },
    listAssessments: { promotion },
    updateAssessment: { assessment, name: 'renamed' },
    addMark: { student, value: '1' },
    addMarks: { marks: [{ student, value: '1' }] },
    correctMark: { mark, version: 1, value: '3' },
    removeMark: { mark, version: 1 },
    publish: { assessment },
    markHistory: { mark },
    history: { promotion },
    undo: { change },
    studentAverage: { student },
    promotionAverage: { promotion },
    statistics: { promotion },
    ranking: { promotion },
    importStudents: { promotion, content },
    importMarks: { promotion, content: marks },
    exportMarks: { promotion },
  };
}

/** Whether an answer has nothing in it, or tells of the mark that is not published (16, of 16 and 10). */
function judge(method: string, answer: unknown): Cell {
  const text = JSON.stringify(answer);
  const lists = Object.values(answer as object).filter((value) => Array.isArray(value));
  if (lists.some((list) => list.length === 0) && /^(?:list|find|my)/.test(method)) return 'empty';
  if (
    ['studentAverage', 'promotionAverage', 'statistics', 'exportPerson', 'myRecords'].includes(
      method,
    )
  ) {
    return /"(?:average|mean)":"13\.00"|"value":"16"/.test(text) ? 'allowed' : 'published';
  }
  return 'allowed';
}

for (const kind of ['sqlite', 'postgres'] as const) {
  suite(`the access table of the gradebook (${kind})`, () => {
    const stack = new AsyncDisposableStack();
    const tokens = new Map<string, string>();
    const ids = new Map<string, string>();
    let channel: Channel;
    let book: Client<typeof gradebook>;
    let now = Date.UTC(2026, 10, 21);

    before(async () => {
      let password = '';
      const stored = stack.use(
        await openStoredServices(
          kind === 'sqlite' ? ':memory:' : await sharedPostgres().createDatabase(),
          {
            session: { now: () => now },
            onFirstAccount: (_, made) => (password = made),
          },
        ),
      );
      const server = stack.use(
        await serveServices('json+tcp://127.0.0.1:0', stored.services, {
          interceptors: [stored.interceptor],
          scopeOf: stored.scopeOf,
        }),
      );
      channel = await Channel.open(server.endpoint);
      stack.defer(() => channel.close());
      const sessions = clientOf(channel, session);
      const openFor = async (name: string, secret: string): Promise<string> => {
        // Each over a connection of its own: a session stays with the connection that opened it.
        await using own = await Channel.open(server.endpoint);
        return (await clientOf(own, session).open({ name, password: secret })).token;
      };
      tokens.set('expired', await openFor('admin', password));
      now += 31 * 60_000;
      tokens.set('revoked', await openFor('admin', password));
      await sessions.close({}, { session: tokens.get('revoked') ?? '' });
      tokens.set('administrator', await openFor('admin', password));
      tokens.set('forged', randomBytes(32).toString('base64url'));
      const manage = clientOf(channel, accounts);
      const options = { session: tokens.get('administrator') ?? '' };
      for (const name of callers.slice(1)) {
        const role = name === 'holder' || name === 'foreign teacher' ? 'teacher' : 'student';
        const login = name.replace(' ', '-');
        const made = await manage.create({ name: login, role }, options);
        ids.set(name, made.account);
        tokens.set(name, await openFor(login, made.password ?? ''));
      }
      book = clientOf(channel, gradebook);
    });
    after(() => stack.disposeAsync());

    const asAdministrator = () => ({ session: tokens.get('administrator') ?? '' });

    async function makeFixture(): Promise<Fixture> {
      const options = asAdministrator();
      const { promotion } = await book.createPromotion({ name: 'held' }, options);
      const { promotion: target } = await book.createPromotion({ name: 'target' }, options);
      const account = ids.get('holder') ?? '';
      await book.assignTeacher({ promotion, account }, options);
      await book.assignTeacher({ promotion: target, account }, options);
      const { students } = await book.addStudents(
        {
          promotion,
          students: [
            { familyName: 'Self', givenName: 'One' },
            { familyName: 'Classmate', givenName: 'Two' },
          ],
        },
        options,
      );
      const [student = '', classmate = ''] = students.map((one) => one.student);
      await book.linkStudent({ student, account: ids.get('self') ?? '' }, options);
      await book.linkStudent({ student: classmate, account: ids.get('classmate') ?? '' }, options);
      const { assessment } = await book.createAssessment({ promotion, name: 'TP' }, options);
      await book.addMark({ student, assessment, value: '10' }, options);
      await book.publish({ assessment }, options);
      const { mark } = await book.addMark({ student, value: '16' }, options);
      const { changes } = await book.history({ promotion, limit: 1 }, options);
      return { promotion, student, assessment, mark, target, change: changes[0]?.change ?? '' };
    }

    /** Puts the promotions of a test away, so that lists hold those of the next one alone. */
    async function putAway({ promotion, target }: Fixture): Promise<void> {
      for (const one of [promotion, target]) {
        await book.archivePromotion({ promotion: one }, asAdministrator());
        await book.unassignTeacher(
          { promotion: one, account: ids.get('holder') ?? '' },
          asAdministrator(),
        );
        const { students } = await book.findStudents(
          { text: 'e', promotion: one },
          asAdministrator(),
        );
        await book.archivePromotion({ promotion: one, archived: false }, asAdministrator());
        for (const { student } of students) {
          await book.linkStudent({ student, account: null }, asAdministrator());
        }
        await book.archivePromotion({ promotion: one }, asAdministrator());
      }
    }

    /** The last change of a promotion: another one says that something was changed. */
    async function readRevision({ promotion }: Fixture): Promise<string | undefined> {
      const { changes } = await book.history({ promotion, limit: 1 }, asAdministrator());
      return changes[0]?.change;
    }

    async function ask(
      method: string,
      params: unknown,
      token: string | undefined,
    ): Promise<string> {
      try {
        const name = `gradebook.${method}`;
        const options = token === undefined ? {} : { session: token };
        return judge(method, await channel.call(name, params, options));
      } catch (error) {
        assert.ok(error instanceof CallError, String(error));
        return error.code;
      }
    }

    test('has a row for every method, and none for what is no method', () => {
      const rows = Object.keys(accessTable).filter((name) => name.startsWith('gradebook.'));
      const methods = Object.keys(gradebook.methods).map((name) => `gradebook.${name}`);
      assert.deepEqual(rows.sort(), methods.sort());
      assert.deepEqual(Object.keys(expected).sort(), Object.keys(gradebook.methods).sort());
    });

    test('a student is told the same of what is not theirs as of what does not exist', async () => {
      const fixture = await makeFixture();
      const { promotion, student } = fixture;
      const options = asAdministrator();
      const hidden = await book.createAssessment({ promotion, name: 'hidden' }, options);
      const other = await book.createPromotion({ name: 'other' }, options);
      const foreign = await book.createAssessment(
        { promotion: other.promotion, name: 'TP' },
        options,
      );
      const { students } = await book.findStudents({ text: 'classmate', promotion }, options);
      const classmate = students[0]?.student ?? '';
      const unknown = 'unknown';
      const pairs: readonly (readonly [GradebookMethod, object, object])[] = [
        ['studentAverage', { student: classmate }, { student: unknown }],
        ['exportPerson', { student: classmate }, { student: unknown }],
        ['promotionAverage', { promotion: other.promotion }, { promotion: unknown }],
        ['statistics', { promotion: other.promotion }, { promotion: unknown }],
        [
          'statistics',
          { promotion, assessment: hidden.assessment },
          { promotion, assessment: unknown },
        ],
        [
          'statistics',
          { promotion, assessment: foreign.assessment },
          { promotion, assessment: unknown },
        ],
        ['updateStudent', { student, number: '7' }, { student: unknown, number: '7' }],
        ['listStudents', { promotion }, { promotion: unknown }],
      ];
      const self = { session: tokens.get('self') ?? '' };
      const refusalOf = async (method: string, params: object): Promise<string> => {
        const answer = channel.call(`gradebook.${method}`, params, self);
        const error = await answer.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        assert.ok(error instanceof CallError, `${method} was answered`);
        const said = JSON.stringify(error.toObject());
        return Object.values(params).reduce((text, id) => text.replaceAll(id, 'ID'), said);
      };
      for (const [method, there, nowhere] of pairs) {
        assert.equal(
          await refusalOf(method, there),
          await refusalOf(method, nowhere),
          JSON.stringify([method, there]),
        );
      }
      await putAway(fixture);
    });

    test('a promotion is held by nobody who is a student, or does not exist', async () => {
      const fixture = await makeFixture();
      const { promotion, student } = fixture;
      const options = asAdministrator();
      const account = ids.get('stranger') ?? '';
      await assert.rejects(book.assignTeacher({ promotion, account }, options), {
        code: 'FAILED',
        message: /^stranger is a student's account/,
        data: { code: 'FAILED', reason: 'STUDENT_ACCOUNT', account, name: 'stranger' },
      });
      const nobody = {
        code: 'NOT_FOUND',
        data: { code: 'NOT_FOUND', reason: 'NO_SUCH_ACCOUNT', account: 'nobody' },
      };
      await assert.rejects(book.assignTeacher({ promotion, account: 'nobody' }, options), nobody);
      await assert.rejects(book.linkStudent({ student, account: 'nobody' }, options), nobody);
      const { promotions } = await book.listPromotions({}, options);
      const { changes } = await book.history({ promotion, limit: 1 }, options);
      assert.equal(changes[0]?.byName, 'admin');
      const teachers = promotions.find((one) => one.promotion === promotion)?.teachers;
      assert.deepEqual(teachers, [ids.get('holder')]);
      await putAway(fixture);
    });

    for (const method of Object.keys(expected) as GradebookMethod[]) {
      test(`${method}: every role, own and foreign, and every session that is none`, async () => {
        let fixture = await makeFixture();
        const account = ids.get('holder') ?? '';
        const revisionOf = () => readRevision(fixture);
        const unchanged = await revisionOf();
        for (const token of [
          undefined,
          ...['expired', 'revoked', 'forged'].map((name) => tokens.get(name)),
        ]) {
          const answer = await ask(method, paramsFor(fixture, account)[method], token);
          assert.equal(answer, 'UNAUTHENTICATED');
        }
        for (const [index, caller] of callers.entries()) {
          if (expected[method][index] !== no) continue;
          const answer = await ask(method, paramsFor(fixture, account)[method], tokens.get(caller));
          assert.equal(answer, no, caller);
        }
        assert.equal(await revisionOf(), unchanged, 'what was refused changed something');
        for (const [index, caller] of callers.entries()) {
          const cell = expected[method][index];
          if (cell === no) continue;
          const answer = await ask(method, paramsFor(fixture, account)[method], tokens.get(caller));
          assert.equal(answer, cell, caller);
          if ((await revisionOf()) === unchanged) continue;
          await putAway(fixture);
          fixture = await makeFixture();
        }
        await putAway(fixture);
      });
    }
  });
}
