import type { Language } from './language.ts';
import { frenchErrors, unknown } from './french-errors.ts';

/** The part of an error that its translation needs. */
export interface CodedError {
  readonly code: string;
  /** The English text. */
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** What led to it. */
  readonly cause?: unknown;
}

function isCoded(error: unknown): error is CodedError {
  return error instanceof Error && 'code' in error && 'details' in error;
}

/**
 * What an error says, in the reader's language: one line. A code without a translation keeps its
 * English text rather than lose what it says.
 */
export function errorText(language: Language, error: CodedError): string {
  const translate = language === 'fr' ? frenchErrors.get(error.code) : undefined;
  if (translate === undefined) return error.message;
  return translate((name) => {
    if (name === 'cause' && isCoded(error.cause)) return errorText(language, error.cause);
    const value = name === 'message' ? error.message : error.details[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : unknown;
  });
}
