import { defineService } from '../../service/index.ts';
import { averageMethods } from './methods-averages.ts';
import { fileMethods } from './methods-files.ts';
import { assessmentMethods, markMethods } from './methods-marks.ts';
import { promotionMethods, studentMethods } from './methods-people.ts';

/**
 * The gradebook as a service: promotions, their students, their marks, and what is asked of them. Declared
 * once, for servers, clients, and the description that `rpc.discover` answers.
 */
export const gradebook = defineService(
  'gradebook',
  {
    ...promotionMethods,
    ...studentMethods,
    ...assessmentMethods,
    ...markMethods,
    ...averageMethods,
    ...fileMethods,
  },
  'Promotions of students, their marks with coefficients, exact averages and statistics.',
);

/** The name of a method of {@link gradebook}. */
export type GradebookMethod = keyof (typeof gradebook)['methods'];
