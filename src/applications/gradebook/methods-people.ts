import { z } from 'zod';
import { method, streamMethod } from '../../service/index.ts';
import { gradebookLimits } from './limits.ts';
import {
  accountId,
  averageShape,
  cursor,
  markShape,
  name,
  next,
  pageSize,
  promotionId,
  promotionShape,
  studentId,
  studentInput,
  studentShape,
  version,
  year,
} from './shapes.ts';

const examplePromotion = {
  promotion: 'p-01k9f3s9qpx7m2d4kz8n',
  name: 'L3 Informatique',
  year: '2026-2027',
  students: 0,
  archived: false,
  teachers: [],
  version: 1,
};

const exampleStudent = {
  student: 's-01k9f3t0hcr5w9y1bq6e',
  promotion: examplePromotion.promotion,
  familyName: 'Lovelace',
  givenName: 'Ada',
  number: null,
  email: null,
  account: null,
  removed: false,
  version: 1,
};

/** A student with every mark that the caller may see, and the average of those. */
export const studentWithMarks = studentShape.extend({
  marks: z.array(markShape),
  average: averageShape,
});

export type StudentWithMarks = z.infer<typeof studentWithMarks>;

/** Promotions and who teaches them. */
export const promotionMethods = {
  createPromotion: method({
    summary: 'Creates a promotion, a year group of students.',
    params: z.strictObject({ name, year: year.optional() }),
    result: promotionShape,
    examples: [
      { params: { name: 'L3 Informatique', year: '2026-2027' }, result: examplePromotion },
    ],
  }),
  listPromotions: method({
    summary: 'Lists the promotions that the caller may see, by name.',
    description:
      'An administrator sees all of them, a teacher those they hold, a student those they are in.',
    isIdempotent: true,
    params: z.strictObject({
      archived: z.boolean().optional().describe('Whether archived ones are listed too.'),
      limit: pageSize.optional(),
      cursor: cursor.optional(),
    }),
    result: z.object({ promotions: z.array(promotionShape), next }),
    examples: [{ params: {}, result: { promotions: [examplePromotion], next: null } }],
  }),
  updatePromotion: method({
    summary: 'Changes the name or the year of a promotion.',
    params: z.strictObject({
      promotion: promotionId,
      name: name.optional(),
      year: year.nullable().optional(),
      version: version.optional(),
    }),
    result: promotionShape,
  }),
  archivePromotion: method({
    summary: 'Closes a promotion to changes, or opens it again.',
    params: z.strictObject({
      promotion: promotionId,
      archived: z.boolean().optional().describe('false opens it again. Default true.'),
    }),
    result: promotionShape,
  }),
  assignTeacher: method({
    summary: 'Lets a teacher hold a promotion: see it and change it.',
    isIdempotent: true,
    params: z.strictObject({ promotion: promotionId, account: accountId }),
    result: promotionShape,
  }),
  unassignTeacher: method({
    summary: 'Takes a promotion from a teacher.',
    isIdempotent: true,
    params: z.strictObject({ promotion: promotionId, account: accountId }),
    result: promotionShape,
  }),
};

/** Students and what is known of them. */
export const studentMethods = {
  addStudent: method({
    summary: 'Adds a student to a promotion.',
    params: z.strictObject({ promotion: promotionId, ...studentInput }),
    result: studentShape,
    examples: [
      {
        params: { promotion: examplePromotion.promotion, familyName: 'Lovelace', givenName: 'Ada' },
        result: exampleStudent,
      },
    ],
  }),
  addStudents: method({
    summary: 'Adds many students to a promotion: all of them, or none.',
    params: z.strictObject({
      promotion: promotionId,
      students: z.array(z.strictObject(studentInput)).min(1).max(gradebookLimits.maxBatch),
    }),
    result: z.object({ students: z.array(studentShape) }),
  }),
  updateStudent: method({
    summary: 'Changes what is known of a student.',
    params: z.strictObject({
      student: studentId,
      familyName: name.optional(),
      givenName: studentInput.givenName,
      number: studentInput.number.unwrap().nullable().optional(),
      email: studentInput.email.unwrap().nullable().optional(),
      version: version.optional(),
    }),
    result: studentShape,
  }),
  moveStudent: method({
    summary: 'Moves a student to another promotion, with their marks.',
    description:
      'Marks given in an assessment stay what they were, with its coefficient, scale and name, as ' +
      'marks of their own: the assessment belongs to the promotion that was left.',
    params: z.strictObject({ student: studentId, promotion: promotionId }),
    result: studentShape,
  }),
  removeStudent: method({
    summary: 'Takes a student out of their promotion; undo brings them back with their marks.',
    params: z.strictObject({ student: studentId, version: version.optional() }),
    result: studentShape,
  }),
  linkStudent: method({
    summary: 'Lets an account see its student: their published marks, averages and rank.',
    isIdempotent: true,
    params: z.strictObject({
      student: studentId,
      account: accountId.nullable().describe('null takes that away.'),
    }),
    result: studentShape,
  }),
  listStudents: method({
    summary: "Lists a promotion's students by name, with their marks and averages.",
    description: 'A page may hold fewer than asked for where they have many marks; `next` tells.',
    isIdempotent: true,
    params: z.strictObject({
      promotion: promotionId,
      limit: pageSize.optional(),
      cursor: cursor.optional(),
    }),
    result: z.object({ students: z.array(studentWithMarks), next }),
  }),
  findStudents: method({
    summary: 'Finds students by name, number or identifier, among those the caller sees.',
    isIdempotent: true,
    params: z.strictObject({
      text: z
        .string()
        .min(1)
        .max(gradebookLimits.maxName)
        .describe(
          'Part of the name, in any case and without accents; or the whole number or identifier.',
        ),
      promotion: promotionId.optional(),
      limit: pageSize.optional(),
    }),
    result: z.object({ students: z.array(studentShape) }),
  }),
  streamStudents: streamMethod({
    summary: 'As listStudents, all of them, one at a time as the caller takes them.',
    isIdempotent: true,
    params: z.strictObject({ promotion: promotionId }),
    item: studentWithMarks,
  }),
  myRecords: method({
    summary: 'Lists the students that the caller is: one for each promotion they are in.',
    isIdempotent: true,
    params: z.strictObject({}),
    result: z.object({
      records: z.array(z.object({ student: studentWithMarks, promotion: promotionShape })),
    }),
  }),
  exportPerson: method({
    summary: 'Gives all that is kept of a student, for them to have.',
    isIdempotent: true,
    params: z.strictObject({ student: studentId }),
    result: z.object({
      student: studentShape,
      promotion: promotionShape,
      marks: z.array(markShape),
      changes: z.array(z.record(z.string(), z.unknown())),
    }),
  }),
  erasePerson: method({
    summary: 'Erases who a student is; their marks stay, of nobody.',
    description:
      'Names, number, e-mail and account are erased here and in the history, and cannot be brought ' +
      'back. The marks still count for the statistics of the promotion.',
    params: z.strictObject({ student: studentId }),
    result: z.object({ student: studentId, erased: z.literal(true) }),
  }),
};
