import assert from 'node:assert/strict';
import { CallError } from '../../service/index.ts';
import { eachStore } from '../../../test/support/stores.ts';
import { serveGradebook, serveStore } from '../../../test/support/gradebook.ts';
import type { Gradebook } from '../../../test/support/gradebook.ts';

/** Checks that a call is refused for a reason. */
async function refused(reason: string, call: Promise<unknown>): Promise<CallError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof CallError, `not refused: ${reason}`);
  assert.equal(error.data?.['reason'], reason, error.message);
  return error;
}

async function makeStudent(book: Gradebook): Promise<{ promotion: string; student: string }> {
  const { promotion } = await book.createPromotion({ name: 'L3', year: '2026-2027' });
  const { student } = await book.addStudent({
    promotion,
    familyName: 'Lovelace',
    givenName: 'Ada',
  });
  return { promotion, student };
}

eachStore('a name is kept without the spaces around it, and only if it can be', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion, name } = await book.createPromotion({ name: ' L3 ' });
  assert.equal(name, 'L3');
  const { familyName } = await book.addStudent({ promotion, familyName: 'Lovelace ' });
  assert.equal(familyName, 'Lovelace');
  for (const wrong of ['  ', 'a\ud800', 'a\0b']) {
    await assert.rejects(book.addStudent({ promotion, familyName: wrong }), {
      code: 'INVALID_PARAMS',
    });
  }
});

eachStore('the five calls of the assignment give both averages', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion, student } = await makeStudent(book);
  await book.addMark({ student, value: '14', coefficient: '2', label: 'Oral' });
  await book.addMark({ student, value: '6', scale: '10' });
  const { counted, leftOut, ...average } = await book.studentAverage({ student });
  assert.deepEqual(average, {
    student,
    published: false,
    average: '13.33',
    exact: '40/3',
    sums: { weighted: '40', coefficients: '3' },
    rank: { rank: 1, of: 1, tied: 1 },
  });
  assert.deepEqual(
    counted.map(({ label, outOf20, coefficient }) => [label, outOf20, coefficient]),
    [
      ['Oral', '14', '2'],
      ['', '12', '1'],
    ],
  );
  assert.deepEqual(leftOut, []);
  const whole = await book.promotionAverage({ promotion });
  assert.deepEqual([whole.average, whole.counted], ['13.33', { students: 1, marks: 2 }]);
});

eachStore('absent counts zero, excused and pending are told to be left out', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { student } = await makeStudent(book);
  const none = await book.studentAverage({ student });
  assert.deepEqual([none.average, none.exact, none.rank], [null, null, null]);
  await book.addMarks({
    marks: [
      { student, value: 'EXC', coefficient: '5', label: 'TP1' },
      { student, value: 'ATT' },
      { student, value: '15' },
      { student, value: 'ABS' },
    ],
  });
  const { average, leftOut } = await book.studentAverage({ student });
  assert.equal(average, '7.50');
  assert.deepEqual(
    leftOut.map(({ label, value, coefficient, reason }) => [label, value, coefficient, reason]),
    [
      ['TP1', 'EXC', '5', 'excused'],
      ['', 'ATT', '1', 'pending'],
    ],
  );
});

eachStore('marks of an assessment follow its scale and coefficient', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion, student } = await makeStudent(book);
  const { assessment } = await book.createAssessment({ promotion, name: 'Midterm', scale: '30' });
  await book.addMark({ student, assessment, value: '15' });
  await book.addMark({ student, value: '20' });
  await refused('MARK_EXISTS', book.addMark({ student, assessment, value: '1' }));
  await refused('OUT_OF_SCALE', book.addMark({ student, value: '20.01' }));
  await refused('WITHIN_ASSESSMENT', book.addMark({ student, assessment, value: '1', scale: '5' }));
  assert.equal((await book.studentAverage({ student })).average, '15.00');
  const changed = await book.updateAssessment({ assessment, coefficient: '3', scale: '15' });
  assert.deepEqual([changed.marks, changed.version], [1, 2]);
  assert.equal((await book.studentAverage({ student })).average, '20.00');
  await refused('SCALE_TOO_LOW', book.updateAssessment({ assessment, scale: '14.9' }));
  const ofMarks = await book.statistics({ promotion, assessment });
  assert.deepEqual([ofMarks.statistics?.mean, ofMarks.statistics?.count], ['20.00', 1]);
  const { assessments } = await book.listAssessments({ promotion });
  assert.deepEqual(
    assessments.map(({ name, scale, coefficient, marks }) => [name, scale, coefficient, marks]),
    [['Midterm', '15', '3', 1]],
  );
});

eachStore('a correction that comes second is refused with both marks', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { student } = await makeStudent(book);
  const { mark } = await book.addMark({ student, value: '12' });
  await book.correctMark({ mark, version: 1, value: '13' });
  const { data } = await refused(
    'VERSION_CHANGED',
    book.correctMark({ mark, version: 1, value: '14' }),
  );
  const { current, wanted } = data as Record<'current' | 'wanted', { value: string }>;
  assert.deepEqual([current.value, wanted.value], ['13', '14']);
  assert.equal((await book.studentAverage({ student })).average, '13.00');
});

eachStore('every change of a mark is told, and undone, and the undoing undone', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion, student } = await makeStudent(book);
  const { mark } = await book.addMark({ student, value: '12' });
  await book.correctMark({ mark, version: 1, value: '13' });
  await book.removeMark({ mark, version: 2 });
  assert.equal((await book.studentAverage({ student })).average, null);
  const { changes } = await book.history({ promotion, limit: 3 });
  assert.deepEqual(
    changes.map(({ action, by }) => [action, by]),
    [
      ['removeMark', 'root'],
      ['correctMark', 'root'],
      ['addMark', 'root'],
    ],
  );
  const [removal, correction] = changes;
  await refused('CHANGED_SINCE', book.undo({ change: correction?.change ?? '' }));
  const undoing = await book.undo({ change: removal?.change ?? '' });
  assert.equal((await book.studentAverage({ student })).average, '13.00');
  await refused('ALREADY_UNDONE', book.undo({ change: removal?.change ?? '' }));
  await book.undo({ change: undoing.change });
  assert.equal((await book.studentAverage({ student })).average, null);
  const again = await book.history({ promotion, limit: 1 });
  await book.undo({ change: again.changes[0]?.change ?? '' });
  const told = await book.markHistory({ mark });
  assert.deepEqual(told.changes.map(({ action }) => action).slice(-1), ['undo']);
});

eachStore('a teacher undoes nothing that an administrator alone may do', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion, student } = await makeStudent(book);
  await book.assignTeacher({ promotion, account: 'ada' });
  await book.assignTeacher({ promotion, account: 'grace' });
  await book.unassignTeacher({ promotion, account: 'grace' });
  await book.linkStudent({ student, account: 'lovelace' });
  const teacher = served.as('teacher:ada');
  const { changes } = await teacher.history({ promotion });
  const of = (action: string): string => changes.find((one) => one.action === action)?.change ?? '';
  for (const action of ['linkStudent', 'unassignTeacher', 'assignTeacher']) {
    const error = await refused('ADMINISTRATOR_UNDOES', teacher.undo({ change: of(action) }));
    assert.equal(error.code, 'FORBIDDEN');
  }
  const { change } = await book.undo({ change: of('linkStudent') });
  await refused('ADMINISTRATOR_UNDOES', teacher.undo({ change }));
  await teacher.updateStudent({ student, number: '12' });
  const [latest] = (await teacher.history({ promotion })).changes;
  await teacher.undo({ change: latest?.change ?? '' });
});

eachStore('an assessment made, changed and given marks is undone step by step', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion, student } = await makeStudent(book);
  const { assessment } = await book.createAssessment({ promotion, name: 'TP' });
  const { mark } = await book.addMark({ student, assessment, value: '10' });
  await book.addMark({ student, value: '20' });
  await book.updateAssessment({ assessment, coefficient: '3' });
  assert.equal((await book.studentAverage({ student })).average, '12.50');
  const last = async (): Promise<string> =>
    (await book.history({ promotion, limit: 1 })).changes[0]?.change ?? '';
  const first = (await book.history({ promotion })).changes.find(
    ({ action }) => action === 'createAssessment',
  );
  await refused('CHANGED_SINCE', book.undo({ change: first?.change ?? '' }));
  await book.undo({ change: await last() });
  assert.equal((await book.studentAverage({ student })).average, '15.00');
  await book.undo({ change: await last() });
  assert.equal((await book.studentAverage({ student })).average, '12.50');
  await book.removeMark({ mark, version: 4 });
  assert.equal((await book.studentAverage({ student })).average, '20.00');
});

eachStore('a student moves with their marks, and back', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion, student } = await makeStudent(book);
  const other = await book.createPromotion({ name: 'M1' });
  const { assessment } = await book.createAssessment({ promotion, name: 'TP', coefficient: '2' });
  await book.addMark({ student, assessment, value: '10' });
  await book.addMark({ student, value: '16' });
  assert.equal((await book.promotionAverage({ promotion })).average, '12.00');
  await book.moveStudent({ student, promotion: other.promotion });
  assert.equal((await book.promotionAverage({ promotion })).average, null);
  assert.equal((await book.promotionAverage({ promotion: other.promotion })).average, '12.00');
  const { students } = await book.listStudents({ promotion: other.promotion });
  assert.deepEqual(
    students[0]?.marks.map(({ label, coefficient, assessment: place }) => [
      label,
      coefficient,
      place,
    ]),
    [
      ['TP', '2', null],
      ['', '1', null],
    ],
  );
  const { changes } = await book.history({ promotion, limit: 1 });
  await book.undo({ change: changes[0]?.change ?? '' });
  const { average, counted } = await book.promotionAverage({ promotion });
  assert.deepEqual([average, counted], ['12.00', { students: 1, marks: 2 }]);
  const { promotions } = await book.listPromotions({});
  assert.deepEqual(
    promotions.map(({ name, students: count }) => [name, count]),
    [
      ['L3', 1],
      ['M1', 0],
    ],
  );
});

eachStore('a removed student counts no more, until the removal is undone', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion, student } = await makeStudent(book);
  await book.addMark({ student, value: '8' });
  assert.equal((await book.promotionAverage({ promotion })).average, '8.00');
  await book.removeStudent({ student });
  assert.equal((await book.promotionAverage({ promotion })).average, null);
  await refused('STUDENT_REMOVED', book.addMark({ student, value: '8' }));
  const { changes } = await book.history({ promotion, limit: 1 });
  await book.undo({ change: changes[0]?.change ?? '' });
  assert.equal((await book.promotionAverage({ promotion })).average, '8.00');
});

eachStore('no undoing and no import gives one number to two students', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion, student } = await makeStudent(book);
  await book.updateStudent({ student, number: '7' });
  await book.removeStudent({ student });
  const { changes } = await book.history({ promotion, limit: 1 });
  const change = changes[0]?.change ?? '';
  const other = await book.addStudent({ promotion, familyName: 'Hopper', number: '7' });
  await refused('NUMBER_TAKEN', book.undo({ change }));
  await book.updateStudent({ student: other.student, number: '8' });
  await book.undo({ change });
  await book.addStudent({ promotion, familyName: 'Turing', email: 't@x' });
  const content = Buffer.from(
    'Nom;Email;Numéro\nTuring;t@x;9\nNoether;n@x;9\nNoether;;10\nNoether;;10\nHopper;;8\nHopper;h@x;8\n',
  ).toString('base64');
  const { lines, done } = await book.importStudents({ promotion, content });
  assert.deepEqual(
    [done, ...lines.map(({ line, fate, code, column }) => [line, fate, code, column])],
    [
      false,
      [2, 'change', 'CHANGE_STUDENT', null],
      [3, 'error', 'NUMBER_TAKEN', 3],
      [4, 'add', 'ADD_STUDENT', null],
      [5, 'error', 'STUDENT_TWICE', 1],
      [6, 'same', 'SAME_STUDENT', null],
      [7, 'error', 'STUDENT_TWICE', 1],
    ],
  );
});

eachStore('many are added all or none, and one of many callers is refused alone', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion, student } = await makeStudent(book);
  const bad = [
    { student, value: '10' },
    { student, value: '21' },
  ];
  await refused('OUT_OF_SCALE', book.addMarks({ marks: bad }));
  assert.equal((await book.studentAverage({ student })).average, null);
  const numbered = [
    { familyName: 'a', number: '1' },
    { familyName: 'b', number: '1' },
  ];
  await refused('NUMBER_TAKEN', book.addStudents({ promotion, students: numbered }));
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      book.addMark({ student, value: index % 5 === 0 ? '20.5' : '10' }),
    ),
  );
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 16);
  const { counted } = await book.studentAverage({ student });
  assert.equal(counted.length, 16);
});

eachStore('a call repeated with its key is carried out once, by whatever server', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { student, promotion } = await makeStudent(book);
  // Another server knows nothing of the first one's calls but what is in the store.
  await using second = await serveStore(served.store);
  const key = { idempotencyKey: 'once' };
  const first = await book.addMark({ student, value: '12' }, key);
  await refused('KEY_REUSED', second.book.addMark({ student, value: '13' }, key));
  assert.deepEqual(await second.book.addMark({ student, value: '12' }, key), first);
  const other = second.as('administrator:other');
  assert.notDeepEqual(await other.addMark({ student, value: '12' }, key), first);
  const created = { idempotencyKey: 'student' };
  const ada = await book.addStudent({ promotion, familyName: 'B' }, created);
  assert.deepEqual(await second.book.addStudent({ promotion, familyName: 'B' }, created), ada);
  assert.equal((await book.listStudents({ promotion })).students.length, 2);
  const both = await Promise.all(
    [served, second].map((one) =>
      one.book.addMark({ student, value: '1' }, { idempotencyKey: 'race' }),
    ),
  );
  assert.deepEqual(both[0], both[1]);
  assert.equal((await book.studentAverage({ student })).counted.length, 3);
});

eachStore(
  'students see published marks alone, and teachers the promotions they hold',
  async (test) => {
    await using served = await serveGradebook(test);
    const { book } = served;
    const { promotion, student } = await makeStudent(book);
    const { assessment } = await book.createAssessment({ promotion, name: 'TP' });
    await book.addMark({ student, assessment, value: '10' });
    await book.addMark({ student, value: '20' });
    await book.linkStudent({ student, account: 'ada' });
    const own = served.as('student:ada');
    assert.equal((await own.studentAverage({ student })).average, null);
    assert.deepEqual(await book.publish({ assessment }), { changed: 1 });
    const seen = await own.studentAverage({ student });
    assert.deepEqual([seen.average, seen.published], ['10.00', true]);
    assert.equal((await own.statistics({ promotion })).statistics?.mean, '10.00');
    const { records } = await own.myRecords({});
    assert.equal(records[0]?.student.marks.length, 1);
    assert.equal((await book.publish({ promotion })).changed, 1);
    assert.equal((await own.studentAverage({ student })).average, '15.00');
    assert.deepEqual(await book.publish({ assessment, published: false }), { changed: 1 });
    assert.equal((await own.studentAverage({ student })).average, '20.00');
    const teacher = served.as('teacher:tom');
    await refused('NOT_HELD', teacher.studentAverage({ student }));
    await refused('NOT_HELD', teacher.addMark({ student, value: '1' }));
    await book.assignTeacher({ promotion, account: 'tom' });
    assert.equal((await teacher.studentAverage({ student })).average, '15.00');
    await teacher.addMark({ student, value: '1' });
    assert.equal((await teacher.listPromotions({})).promotions.length, 1);
    await book.unassignTeacher({ promotion, account: 'tom' });
    await refused('NOT_HELD', teacher.addMark({ student, value: '1' }));
    assert.equal((await teacher.listPromotions({})).promotions.length, 0);
  },
);

eachStore('a person is given all that is kept of them, and erased everywhere', async (test) => {
  await using served = await serveGradebook(test);
  const { book, store } = served;
  const { promotion } = await book.createPromotion({ name: 'L3' });
  const other = await book.createPromotion({ name: 'M1' });
  const key = { idempotencyKey: 'secret' };
  const { student } = await book.addStudent(
    { promotion, familyName: 'Zyzzyva', givenName: 'Quux', email: 'quux@example.org' },
    key,
  );
  await book.addMark({ student, value: '12' });
  await book.updateStudent({ student, number: 'N-Quux-9' });
  await book.moveStudent({ student, promotion: other.promotion });
  const all = await book.exportPerson({ student });
  assert.deepEqual([all.student.email, all.marks.length], ['quux@example.org', 1]);
  assert.deepEqual(
    all.changes.map(({ action }) => action),
    ['addStudent', 'updateStudent', 'moveStudent'],
  );
  await book.erasePerson({ student });
  assert.equal((await book.promotionAverage({ promotion: other.promotion })).average, '12.00');
  const kept = await store.read(async (query) => [
    await query.selectFrom('students').selectAll().execute(),
    await query.selectFrom('changes').selectAll().execute(),
  ]);
  assert.doesNotMatch(JSON.stringify(kept), /zyzzyva|quux/i);
  await refused('STUDENT_ERASED', book.addMark({ student, value: '1' }));
});

eachStore('pages follow on without a gap, by name whatever the accents', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion } = await book.createPromotion({ name: 'L3' });
  const names = ['Écho', 'delta', 'Alpha', 'fox', 'Bravo', 'charlie', 'alpha'];
  await book.addStudents({ promotion, students: names.map((familyName) => ({ familyName })) });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await book.listStudents({
      promotion,
      limit: 2,
      ...(cursor !== undefined && { cursor }),
    });
    seen.push(...page.students.map(({ familyName }) => familyName));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  assert.deepEqual(
    seen.map((name) => name.toLowerCase()),
    ['alpha', 'alpha', 'bravo', 'charlie', 'delta', 'écho', 'fox'],
  );
  const streamed: string[] = [];
  for await (const { familyName } of book.streamStudents({ promotion })) streamed.push(familyName);
  assert.deepEqual(streamed, seen);
  await refused('BAD_CURSOR', book.listStudents({ promotion, cursor: 'nonsense' }));
});

eachStore('an archived promotion is closed to changes until it is opened', async (test) => {
  await using served = await serveGradebook(test);
  const { book } = served;
  const { promotion, student } = await makeStudent(book);
  await book.archivePromotion({ promotion });
  await refused('PROMOTION_ARCHIVED', book.addMark({ student, value: '1' }));
  assert.deepEqual((await book.listPromotions({})).promotions, []);
  assert.equal((await book.listPromotions({ archived: true })).promotions.length, 1);
  await book.archivePromotion({ promotion, archived: false });
  await book.addMark({ student, value: '1' });
});
