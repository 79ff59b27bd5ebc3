import { gradebookErrorTexts } from '../../language/gradebook-errors.ts';
import type { GradebookDetails, GradebookReason } from '../../language/gradebook-errors.ts';
import { CallError } from '../../service/index.ts';
import type { CallErrorCode } from '../../service/index.ts';

/** What kind of failure each reason is, where it is no FAILED. */
const codes: Readonly<Partial<Record<GradebookReason, CallErrorCode>>> = {
  NO_SUCH_PROMOTION: 'NOT_FOUND',
  NO_SUCH_STUDENT: 'NOT_FOUND',
  NO_SUCH_ASSESSMENT: 'NOT_FOUND',
  NO_SUCH_MARK: 'NOT_FOUND',
  NO_SUCH_CHANGE: 'NOT_FOUND',
  NO_SUCH_ACCOUNT: 'NOT_FOUND',
  PROMOTION_ARCHIVED: 'CONFLICT',
  STUDENT_REMOVED: 'CONFLICT',
  STUDENT_ERASED: 'CONFLICT',
  NUMBER_TAKEN: 'CONFLICT',
  MARK_EXISTS: 'CONFLICT',
  VERSION_CHANGED: 'CONFLICT',
  CHANGED_SINCE: 'CONFLICT',
  ALREADY_UNDONE: 'CONFLICT',
  KEY_REUSED: 'CONFLICT',
  ADMINISTRATOR_UNDOES: 'FORBIDDEN',
  NOT_HELD: 'FORBIDDEN',
  NOT_YOURS: 'FORBIDDEN',
};

/**
 * A refusal of the gradebook: its data has `reason`, a stable code, and what that speaks about, so that it
 * can be said in the caller's language.
 */
export function refuse(reason: GradebookReason, details: GradebookDetails = {}): CallError {
  return new CallError(codes[reason] ?? 'FAILED', gradebookErrorTexts.en[reason](details), {
    data: { reason, ...details },
  });
}
