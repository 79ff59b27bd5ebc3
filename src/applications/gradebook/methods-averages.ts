import { z } from 'zod';
import { method } from '../../service/index.ts';
import { gradebookLimits } from './limits.ts';
import {
  assessmentId,
  averageShape,
  countedMark,
  exact,
  leftOutMark,
  promotionId,
  rankShape,
  shown,
  statisticsShape,
  studentId,
} from './shapes.ts';

const published = z
  .boolean()
  .optional()
  .describe('Whether only published marks count, as a student sees it. Always so for a student.');

/** What is asked of marks. */
export const averageMethods = {
  studentAverage: method({
    summary: "Gives a student's average, how it was obtained, and their rank.",
    description:
      'Marks are brought to 20 and weighed by their coefficients, exactly; ABS counts 0, EXC and ATT ' +
      'are left out with their coefficient. No mark that counts gives no average (null), not 0.',
    isIdempotent: true,
    params: z.strictObject({ student: studentId, published }),
    result: averageShape.extend({
      student: studentId,
      published: z.boolean(),
      rank: rankShape.nullable(),
      counted: z.array(countedMark),
      leftOut: z.array(leftOutMark),
    }),
    examples: [
      {
        params: { student: 's-01k9f3t0hcr5w9y1bq6e' },
        result: {
          student: 's-01k9f3t0hcr5w9y1bq6e',
          published: false,
          average: '13.33',
          exact: '40/3',
          sums: { weighted: '40', coefficients: '3' },
          rank: { rank: 1, of: 1, tied: 1 },
          counted: [
            {
              mark: 'm-01k9f3v7bz4h8t2n6j0c',
              label: 'Oral',
              value: '14',
              scale: '20',
              outOf20: '14',
              coefficient: '2',
              published: false,
            },
            {
              mark: 'm-01k9f3vq2e7d5x8k1s9a',
              label: 'Project',
              value: '6',
              scale: '10',
              outOf20: '12',
              coefficient: '1',
              published: false,
            },
          ],
          leftOut: [],
        },
      },
    ],
  }),
  promotionAverage: method({
    summary: "Gives a promotion's average and how it was obtained.",
    description:
      '`meanOfStudentAverages`, unless said otherwise: every student who has an average counts as ' +
      'one. `meanOfAllMarks`: every mark counts with its coefficient.',
    isIdempotent: true,
    params: z.strictObject({
      promotion: promotionId,
      method: z.enum(['meanOfStudentAverages', 'meanOfAllMarks']).optional(),
      published,
    }),
    result: z.object({
      promotion: promotionId,
      method: z.enum(['meanOfStudentAverages', 'meanOfAllMarks']),
      published: z.boolean(),
      average: shown.nullable().describe('Out of 20, rounded half up; null when nothing counts.'),
      sums: z
        .object({
          weighted: exact.describe('Of all marks: marks brought to 20 times their coefficients.'),
          coefficients: exact.describe('Of all marks: their coefficients.'),
        })
        .nullable()
        .describe('With meanOfAllMarks: the average is their quotient.'),
      sumOfAverages: shown
        .nullable()
        .describe('With meanOfStudentAverages: divided by how many students counted.'),
      counted: z.object({ students: z.int(), marks: z.int() }),
      leftOut: z.object({
        students: z.int().describe('Students without a mark that counts.'),
        which: z.array(studentId).describe('The first of them.'),
      }),
    }),
  }),
  statistics: method({
    summary: "Describes the averages of a promotion's students, or the marks of an assessment.",
    isIdempotent: true,
    params: z.strictObject({
      promotion: promotionId,
      assessment: assessmentId.optional().describe('Of its marks, in place of averages.'),
      bars: z
        .int()
        .min(1)
        .max(gradebookLimits.maxBars)
        .optional()
        .describe('Bars of the histogram, 20 unless said otherwise.'),
      published,
    }),
    result: z.object({
      promotion: promotionId,
      of: z.enum(['studentAverages', 'assessment']),
      assessment: assessmentId.nullable(),
      published: z.boolean(),
      statistics: statisticsShape.nullable().describe('null when nothing counts.'),
      leftOut: z.int().describe('Students without an average, or marks that do not count.'),
    }),
  }),
  ranking: method({
    summary: "Lists the ranks of a promotion's students, the best first.",
    isIdempotent: true,
    params: z.strictObject({
      promotion: promotionId,
      published,
      from: z
        .int()
        .min(0)
        .optional()
        .describe('How many are passed over, from the best; 0 unless said otherwise.'),
      limit: z
        .int()
        .min(1)
        .max(gradebookLimits.maxRanks)
        .optional()
        .describe(`How many at most, 1 to ${gradebookLimits.maxRanks}, which is usual.`),
    }),
    result: z.object({
      promotion: promotionId,
      published: z.boolean(),
      of: z.int().describe('Students who have an average.'),
      ranks: z.array(
        z.object({ student: studentId, average: shown, rank: z.int(), tied: z.int() }),
      ),
    }),
  }),
};
