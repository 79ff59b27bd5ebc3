import { GuichetError } from '../../errors.ts';

/** Why a layout could not be made. */
export type LayoutErrorCode =
  /** The text of a layout departs from the grammar. */
  | 'LAYOUT_SYNTAX'
  /** The text of a layout names a type that does not exist. */
  | 'UNKNOWN_FIELD_TYPE'
  /** The layout contradicts itself, or allows more than its limits. */
  | 'INVALID_LAYOUT';

/**
 * What declaring a layout throws. From a text, `details.offset` is the place in it, in UTF-16 units,
 * and for `UNKNOWN_FIELD_TYPE` `details.type` and `details.known` say which type and which there are.
 */
export class LayoutError extends GuichetError<LayoutErrorCode> {}

/** An `INVALID_LAYOUT`. */
export function invalidLayout(message: string): LayoutError {
  return new LayoutError('INVALID_LAYOUT', message);
}
