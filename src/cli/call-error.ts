import { CalculatorError } from '../applications/calculator/errors.ts';
import { calculatorTexts, errorText } from '../language/index.ts';
import type { CalculatorErrorCode, CalculatorErrorDetails, Language } from '../language/index.ts';
import { gradebookErrorTexts } from '../language/gradebook-errors.ts';
import type { GradebookReason } from '../language/gradebook-errors.ts';
import { issueInFrench } from '../language/validation.ts';
import { CallError } from '../service/index.ts';

/**
 * A calculator's refusal, as it came from a server, made anew so that it can be said in the reader's
 * language; `undefined` for any other failure.
 */
export function toCalculatorError(error: unknown): CalculatorError | undefined {
  if (!(error instanceof CallError) || error.data === undefined) return undefined;
  const { reason, details } = error.data;
  if (typeof reason !== 'string' || !Object.hasOwn(calculatorTexts.en, reason)) return undefined;
  if (typeof details !== 'object' || details === null) return undefined;
  return CalculatorError.of(
    reason as CalculatorErrorCode,
    details as CalculatorErrorDetails[CalculatorErrorCode],
  );
}

/** A gradebook's refusal in the reader's language; `undefined` for a reason of another service. */
function describeRefusal(
  language: Language,
  reason: string,
  details: Readonly<Record<string, unknown>>,
): string | undefined {
  const texts = gradebookErrorTexts[language];
  return Object.hasOwn(texts, reason) ? texts[reason as GradebookReason](details) : undefined;
}

/** What the validator says of the first parameter that does not do, in French, with its place. */
function describeIssue(error: unknown): string | undefined {
  if (!(error instanceof CallError) || error.code !== 'INVALID_PARAMS') return undefined;
  const issues = error.data?.['issues'];
  const [issue]: readonly unknown[] = Array.isArray(issues) ? issues : [];
  if (typeof issue !== 'object' || issue === null) return undefined;
  if (!('message' in issue) || typeof issue.message !== 'string') return undefined;
  const place = 'path' in issue && typeof issue.path === 'string' ? issue.path : '';
  return [place, issueInFrench(issue.message)].filter((part) => part !== '').join(' : ');
}

/** What a failed call says, in the reader's language where what failed is known. */
export function describeCallError(
  error: unknown,
  language: Language,
  explain: (error: unknown) => string,
): string {
  const calculated = toCalculatorError(error)?.describe(language);
  if (calculated !== undefined) return calculated;
  const issue = language === 'fr' ? describeIssue(error) : undefined;
  if (issue !== undefined) {
    return errorText(language, { code: 'INVALID_PARAMS', message: issue, details: {} });
  }
  const reason = error instanceof CallError ? error.data?.['reason'] : undefined;
  if (!(error instanceof CallError) || typeof reason !== 'string' || !/^[A-Z_]+$/.test(reason)) {
    return explain(error);
  }
  const refused = describeRefusal(language, reason, error.data ?? {});
  if (refused !== undefined) return refused;
  // The reason says more than the call's code, and its text stands in the same catalogue.
  return errorText(language, { code: reason, message: error.message, details: error.details });
}

/** Whether a call failed for want of a session, which logging in would give. */
export function needsLogin(error: unknown): boolean {
  return error instanceof CallError && error.data?.['reason'] === 'SESSION_NEEDED';
}
