import { gradebookImportTexts } from '../../../language/gradebook-import.ts';
import type { LineCode } from '../../../language/gradebook-import.ts';
import type { ImportReport } from '../methods-files.ts';
import type { ImportFile } from './file.ts';

/** What becomes of a line. */
export type Fate = ImportReport['lines'][number]['fate'];

/** Lines that a report tells of; all are counted. */
const maxTold = 2_000;

function placeOf({ column }: ImportReport['lines'][number]): number {
  return column ?? 0;
}

/** What became or would become of a file, line by line. */
export class Report {
  readonly #lines: ImportReport['lines'] = [];
  readonly #counts: Record<Fate, number> = { add: 0, change: 0, same: 0, skip: 0, error: 0 };

  /** Whether something forbids the import. */
  get hasErrors(): boolean {
    return this.#counts.error > 0;
  }

  /** Whether there is anything to do. */
  get hasWork(): boolean {
    return this.#counts.add + this.#counts.change > 0;
  }

  /** The first thing that forbids the import, and how many there are. */
  get firstError(): Pick<ImportReport['lines'][number], 'line' | 'column' | 'text'> & {
    readonly problems: number;
  } {
    const first = this.#lines.find(({ fate }) => fate === 'error');
    const { line, column, text } = first ?? { line: 1, column: 1, text: '' };
    return { line, column, text, problems: this.#counts.error };
  }

  /** @param column of an error, or that a heading is about, from 1. */
  tell(
    line: number,
    fate: Fate,
    code: LineCode,
    details: Readonly<Record<string, string | number>> = {},
    column: number | null = null,
  ): void {
    this.#counts[fate]++;
    const text = gradebookImportTexts.en[code](details);
    this.#lines.push({ line, fate, text, column, code, details: { ...details } });
  }

  /** @param kind how the file was read. */
  finish(kind: ImportFile['kind'], dryRun: boolean, done: boolean): ImportReport {
    const errors = this.#lines.filter(({ fate }) => fate === 'error');
    const others = this.#lines.filter(({ fate }) => fate !== 'error');
    const told = [...errors, ...others]
      .slice(0, maxTold)
      .sort((first, second) => first.line - second.line || placeOf(first) - placeOf(second));
    return {
      dryRun,
      done,
      ...kind,
      lines: told,
      omitted: this.#lines.length - told.length,
      counts: this.#counts,
    };
  }
}
