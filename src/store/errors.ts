import { GuichetError } from '../errors.ts';

/**
 * Why the store could not do what it was asked.
 *
 * `STORE_NEWER` a newer Guichet made it · `STORE_FOREIGN` it is another program's · `STORE_BUSY` another
 * process holds its lock · `STORE_FULL` no room on the disk · `STORE_UNREACHABLE` it cannot be opened, or
 * its server does not answer · `STORE_CORRUPT` what is there cannot be read as a database ·
 * `STORE_DUPLICATE` something unique is there already · `STORE_REFERENCE` something else refers to it, or
 * it refers to what is not there · `STORE_CONSTRAINT` another rule of a table forbids it ·
 * `STORE_CONFLICT` others changed the same, again and again · `STORE_UNCERTAIN` the connection was lost
 * while committing, and nobody can say whether it was done · `STORE_OVERLOADED` too much is waiting ·
 * `STORE_TIMEOUT` a piece of work took too long · `STORE_CLOSED` it was closed · `STORE_UNSUITED` this
 * kind of store cannot do that · `STORE_FAILED` anything else.
 */
export type StoreErrorCode =
  | 'STORE_BUSY'
  | 'STORE_CLOSED'
  | 'STORE_CONFLICT'
  | 'STORE_CONSTRAINT'
  | 'STORE_CORRUPT'
  | 'STORE_DUPLICATE'
  | 'STORE_FAILED'
  | 'STORE_FOREIGN'
  | 'STORE_FULL'
  | 'STORE_NEWER'
  | 'STORE_OVERLOADED'
  | 'STORE_REFERENCE'
  | 'STORE_TIMEOUT'
  | 'STORE_UNCERTAIN'
  | 'STORE_UNREACHABLE'
  | 'STORE_UNSUITED';

/** What the store throws; `details` has `place`, and `text` with what the database itself said. */
export class StoreError extends GuichetError<StoreErrorCode> {}

const messages: Readonly<Record<StoreErrorCode, (text: string) => string>> = {
  STORE_BUSY: () => 'another process holds its lock; try again, or stop that process',
  STORE_CLOSED: () => 'it has been closed',
  STORE_CONFLICT: () => 'others kept changing the same at the same time; try again',
  STORE_CONSTRAINT: (text) => `a rule of its tables forbids this: ${text}`,
  STORE_CORRUPT: (text) => `it cannot be read as a database (${text}); restore a backup`,
  STORE_DUPLICATE: (text) => `it is there already: ${text}`,
  STORE_FAILED: (text) => text,
  STORE_FOREIGN: () => 'it belongs to another program; choose another place with --store',
  STORE_FULL: () => 'there is no room left; make some, and it goes on by itself',
  STORE_NEWER: (text) => `a newer Guichet made it (it has ${text}); update this one`,
  STORE_OVERLOADED: () => 'too much is waiting; try again later',
  STORE_REFERENCE: (text) => `something refers to what is not there: ${text}`,
  STORE_TIMEOUT: () => 'the work took too long and was undone',
  STORE_UNCERTAIN: () =>
    'the connection was lost while committing, and it cannot be told whether the change was kept; look before you repeat it',
  STORE_UNREACHABLE: (text) => `it cannot be reached: ${text}`,
  STORE_UNSUITED: (text) => text,
};

/** One line of what a database said. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** A store's place as it may be shown: without the password that a server's URL may hold. */
export function hidePassword(place: string): string {
  return place
    .replace(/^(postgres(?:ql)?:\/\/[^:@/]*):[^@]*@/, '$1@')
    .replace(/([?&]password=)[^&#]*/, '$1…');
}

/** The error of one code, worded. */
export function storeError(
  code: StoreErrorCode,
  place: string,
  text: string = '',
  cause?: unknown,
): StoreError {
  const said = firstLine(text);
  const shown = hidePassword(place);
  return new StoreError(code, `store ${shown}: ${messages[code](said)}`, {
    cause,
    details: { place: shown, text: said },
  });
}
