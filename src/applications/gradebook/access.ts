import type { AccessTable, Condition } from '../../session/index.ts';

/**
 * The gradebook itself finds out whether a teacher holds the promotion, and a student is the one spoken of,
 * in the same transaction as what is read or changed: what an administrator takes away counts at once, and
 * for good. The table says it all the same, to be read in one place.
 */
function foundOutByGradebook(name: string): Condition<unknown> {
  return { name, holds: () => true };
}

const held = foundOutByGradebook('holds the promotion');
const member = foundOutByGradebook('is in the promotion, published marks');
const own = foundOutByGradebook('own, published marks');
const listed = foundOutByGradebook('own');

const administrators = { administrator: 'always' } as const;
const holders = { administrator: 'always', teacher: held } as const;

/** Who may call what of the gradebook. */
export const gradebookAccess = {
  'gradebook.createPromotion': administrators,
  'gradebook.listPromotions': { administrator: 'always', teacher: held, student: listed },
  'gradebook.updatePromotion': holders,
  'gradebook.archivePromotion': holders,
  'gradebook.assignTeacher': administrators,
  'gradebook.unassignTeacher': administrators,

  'gradebook.addStudent': holders,
  'gradebook.addStudents': holders,
  'gradebook.updateStudent': holders,
  'gradebook.moveStudent': holders,
  'gradebook.removeStudent': holders,
  'gradebook.linkStudent': administrators,
  'gradebook.listStudents': holders,
  'gradebook.streamStudents': holders,
  'gradebook.findStudents': { administrator: 'always', teacher: held, student: listed },
  'gradebook.myRecords': { administrator: listed, teacher: listed, student: own },
  'gradebook.exportPerson': { administrator: 'always', teacher: held, student: own },
  'gradebook.erasePerson': administrators,

  'gradebook.createAssessment': holders,
  'gradebook.listAssessments': holders,
  'gradebook.updateAssessment': holders,

  'gradebook.addMark': holders,
  'gradebook.addMarks': holders,
  'gradebook.correctMark': holders,
  'gradebook.removeMark': holders,
  'gradebook.publish': holders,
  'gradebook.markHistory': holders,
  'gradebook.history': holders,
  'gradebook.undo': holders,

  'gradebook.studentAverage': { administrator: 'always', teacher: held, student: own },
  'gradebook.promotionAverage': { administrator: 'always', teacher: held, student: member },
  'gradebook.statistics': { administrator: 'always', teacher: held, student: member },
  'gradebook.ranking': holders,

  'gradebook.importStudents': holders,
  'gradebook.importMarks': holders,
  'gradebook.exportMarks': holders,
} as const satisfies AccessTable<unknown>;
