import { z } from 'zod';
import { method } from '../../service/index.ts';
import { gradebookLimits } from './limits.ts';
import {
  assessmentId,
  assessmentShape,
  changeId,
  changeShape,
  coefficient,
  cursor,
  date,
  label,
  markId,
  markInput,
  markShape,
  name,
  next,
  pageSize,
  promotionId,
  scale,
  value,
  version,
} from './shapes.ts';

const exampleMark = {
  mark: 'm-01k9f3v7bz4h8t2n6j0c',
  student: 's-01k9f3t0hcr5w9y1bq6e',
  assessment: null,
  label: 'Oral',
  date: null,
  value: '14.5',
  scale: '20',
  coefficient: '2',
  published: false,
  version: 1,
};

/** Assessments: what marks of a whole promotion are given in. */
export const assessmentMethods = {
  createAssessment: method({
    summary: 'Creates an assessment, which gives its marks their coefficient and scale.',
    params: z.strictObject({
      promotion: promotionId,
      name,
      coefficient: coefficient.optional().describe('1 unless said otherwise.'),
      scale: scale.optional().describe('20 unless said otherwise.'),
      date: date.optional(),
    }),
    result: assessmentShape,
  }),
  listAssessments: method({
    summary: "Lists a promotion's assessments by date.",
    isIdempotent: true,
    params: z.strictObject({ promotion: promotionId }),
    result: z.object({ assessments: z.array(assessmentShape) }),
  }),
  updateAssessment: method({
    summary: 'Changes an assessment, and with its coefficient or scale every mark in it.',
    description: 'A scale below a mark already given is refused.',
    params: z.strictObject({
      assessment: assessmentId,
      name: name.optional(),
      coefficient: coefficient.optional(),
      scale: scale.optional(),
      date: date.nullable().optional(),
      version: version.optional(),
    }),
    result: assessmentShape,
  }),
};

/** Marks: given, corrected, published, undone. */
export const markMethods = {
  addMark: method({
    summary: 'Gives a student a mark, with its coefficient or within an assessment.',
    params: z.strictObject(markInput),
    result: markShape,
    examples: [
      {
        params: { student: exampleMark.student, value: '14.5', coefficient: '2', label: 'Oral' },
        result: exampleMark,
      },
      { params: { student: exampleMark.student, value: 'ABS' } },
    ],
  }),
  addMarks: method({
    summary: 'Gives many marks: all of them, or none.',
    params: z.strictObject({
      marks: z.array(z.strictObject(markInput)).min(1).max(gradebookLimits.maxBatch),
    }),
    result: z.object({ marks: z.array(markShape) }),
  }),
  correctMark: method({
    summary: 'Changes a mark that nobody has changed since the version given.',
    description:
      'If somebody has, the error is CONFLICT, and its data holds both: `current`, the mark as it ' +
      'is, and `wanted`, what this call would have made of it. Coefficient and scale of a mark within ' +
      "an assessment are the assessment's.",
    params: z.strictObject({
      mark: markId,
      version,
      value: value.optional(),
      coefficient: coefficient.optional(),
      scale: scale.optional(),
      label: label.optional(),
      date: date.nullable().optional(),
    }),
    result: markShape,
    examples: [
      {
        params: { mark: exampleMark.mark, version: 1, value: '15' },
        result: { ...exampleMark, value: '15', version: 2 },
      },
    ],
  }),
  removeMark: method({
    summary: 'Removes a mark that nobody has changed since the version given.',
    params: z.strictObject({ mark: markId, version }),
    result: z.object({ mark: markId, removed: z.literal(true) }),
  }),
  publish: method({
    summary: 'Shows marks to their students, or hides them again.',
    description:
      "Those of an assessment, which then shows new ones at once; or marks named one by one; or a promotion's, all of them.",
    params: z.strictObject({
      promotion: promotionId.optional(),
      assessment: assessmentId.optional(),
      marks: z.array(markId).min(1).max(gradebookLimits.maxBatch).optional(),
      published: z.boolean().optional().describe('false hides them. Default true.'),
    }),
    result: z.object({ changed: z.int().describe('How many marks were shown or hidden by this.') }),
  }),
  markHistory: method({
    summary: 'Lists every change of a mark, the first one first.',
    isIdempotent: true,
    params: z.strictObject({ mark: markId }),
    result: z.object({ changes: z.array(changeShape) }),
  }),
  history: method({
    summary: "Lists a promotion's changes, the latest first.",
    isIdempotent: true,
    params: z.strictObject({
      promotion: promotionId,
      limit: pageSize.optional(),
      cursor: cursor.optional(),
    }),
    result: z.object({ changes: z.array(changeShape), next }),
  }),
  undo: method({
    summary: 'Undoes a change, all of it, where nothing has changed since.',
    description:
      'An undoing is a change too, and can be undone. What was changed again since is refused: ' +
      'CONFLICT, with `current` and `wanted`.',
    params: z.strictObject({ change: changeId }),
    result: changeShape,
  }),
};
