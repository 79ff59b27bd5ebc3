import assert from 'node:assert/strict';
import { CallError } from '../../service/index.ts';
import { serveGradebook, serveStore } from '../../../test/support/gradebook.ts';
import type { Gradebook } from '../../../test/support/gradebook.ts';
import { eachStore } from '../../../test/support/stores.ts';
import { sumMarks } from './averages.ts';
import { Distribution } from './statistics.ts';

/** Numbers that are the same for the same seed (Park and Miller, 1988). */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** What the averages of a promotion must be, from nothing but its marks. */
async function expectAnswers(book: Gradebook, promotion: string, published: boolean) {
  const { students } = await book.listStudents({ promotion, limit: 500 });
  const sums = students.map(({ marks }) =>
    sumMarks(marks.filter((mark) => !published || mark.published)),
  );
  const averages = sums.flatMap(({ average }) => (average === undefined ? [] : [average]));
  const all = sumMarks(
    students.flatMap(({ marks }) => marks.filter((mark) => !published || mark.published)),
  );
  const distribution = new Distribution(averages.map((average) => [average, 1]));
  return {
    statistics: distribution.describe() ?? null,
    mean: distribution.describe()?.mean ?? null,
    ofMarks: all.average?.toDecimal(2) ?? null,
    withoutAverage: students.length - averages.length,
  };
}

async function readAnswers(book: Gradebook, promotion: string, published: boolean) {
  const { statistics } = await book.statistics({ promotion, published });
  const mean = await book.promotionAverage({ promotion, published });
  const ofMarks = await book.promotionAverage({ promotion, published, method: 'meanOfAllMarks' });
  return {
    statistics,
    mean: mean.average,
    ofMarks: ofMarks.average,
    withoutAverage: mean.leftOut.students,
  };
}

const values = ['0', '7.25', '10', '13.5', '20', 'ABS', 'EXC', 'ATT'];

/** One change of many kinds; whether it was possible does not matter. */
async function changeSomething(
  book: Gradebook,
  promotions: readonly string[],
  random: (below: number) => number,
): Promise<void> {
  const pick = <Thing>(things: readonly Thing[]): Thing | undefined =>
    things[random(things.length)];
  const promotion = pick(promotions) ?? '';
  const { students } = await book.listStudents({ promotion });
  const { assessments } = await book.listAssessments({ promotion });
  const student = pick(students);
  const mark = pick(student?.marks ?? []);
  const assessment = pick(assessments)?.assessment;
  const value = pick(values) ?? '';
  const who = student?.student ?? '';
  switch (random(11)) {
    case 0:
      await book.addStudent({ promotion, familyName: `S${random(1_000)}` });
      return;
    case 1:
      await book.createAssessment({ promotion, name: 'T', coefficient: '1.5' });
      return;
    case 2:
      if (assessment !== undefined) await book.addMark({ student: who, assessment, value });
      return;
    case 3:
      if (mark !== undefined)
        await book.correctMark({ mark: mark.mark, version: mark.version, value });
      return;
    case 4:
      if (mark !== undefined) await book.removeMark({ mark: mark.mark, version: mark.version });
      return;
    case 5:
      if (assessment !== undefined) {
        await book.updateAssessment({ assessment, coefficient: pick(['1', '2.5']), scale: '40' });
      }
      return;
    case 6:
      await book.publish({ promotion, published: random(3) > 0 });
      return;
    case 7:
      await book.moveStudent({ student: who, promotion: pick(promotions) ?? '' });
      return;
    case 8:
      await book.removeStudent({ student: who });
      return;
    case 9: {
      const { changes } = await book.history({ promotion, limit: 4 });
      await book.undo({ change: pick(changes)?.change ?? '' });
      return;
    }
    default:
      await book.addMarks({ marks: students.map((one) => ({ student: one.student, value })) });
  }
}

eachStore('after any changes, on any node, answers are those of the marks', async (test) => {
  await using first = await serveGradebook(test);
  // Another node: it has the same store, and a memory of its own, in which it keeps everything ready.
  await using second = await serveStore(first.store, { largePromotion: 1 });
  const books = [first.book, second.book];
  const random = makeRandom(20_261_121);
  const promotions: string[] = [];
  for (const name of ['A', 'B']) {
    const { promotion } = await first.book.createPromotion({ name });
    promotions.push(promotion);
    await first.book.addStudents({
      promotion,
      students: Array.from({ length: 4 }, (_, index) => ({ familyName: `${name}${index}` })),
    });
  }
  let refused = 0;
  for (let turn = 0; turn < 120; turn++) {
    try {
      await changeSomething(books[random(2)] ?? first.book, promotions, random);
    } catch (error) {
      // Many of these changes are impossible, and refused for it.
      if (!(error instanceof CallError) || error.code === 'INTERNAL_ERROR') throw error;
      refused++;
    }
    if (turn % 3 > 0) continue;
    for (const promotion of promotions) {
      for (const published of [false, true]) {
        const expected = await expectAnswers(first.book, promotion, published);
        for (const book of books) {
          assert.deepEqual(await readAnswers(book, promotion, published), expected, `turn ${turn}`);
        }
      }
    }
  }
  assert.ok(refused < 90, `${refused} of 120 changes were refused`);
});
