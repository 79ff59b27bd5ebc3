import { lasting } from '../../service/index.ts';
import type { StudentWithMarks } from './methods-people.ts';

/** A page of a promotion's students, with where the next one begins. */
export interface StudentPage {
  readonly students: StudentWithMarks[];
  readonly next: string | null;
}

interface Kept {
  readonly revision: number;
  readonly weight: number;
  readonly page: StudentPage;
}

/** Students and marks remembered at most, of all pages: about a kilobyte each with what was made of them. */
const defaultMaxWeight = 50_000;

/**
 * Remembers pages of students with their marks as long as nothing of their promotion changes: a promotion
 * is read far more often than changed. Whoever reads says at which revision, found in the same state of the
 * store; the page read last is forgotten last.
 */
export class PageMemory {
  readonly #maxWeight: number;
  readonly #pages = new Map<string, Kept>();
  #weight = 0;

  constructor(maxWeight: number = defaultMaxWeight) {
    this.#maxWeight = maxWeight;
  }

  find(name: string, revision: number): StudentPage | undefined {
    const kept = this.#pages.get(name);
    if (kept?.revision !== revision) return undefined;
    this.#pages.delete(name);
    this.#pages.set(name, kept);
    return kept.page;
  }

  keep(name: string, revision: number, page: StudentPage): void {
    this.#forget(name);
    const weight = page.students.reduce((sum, { marks }) => sum + 1 + marks.length, 1);
    if (weight > this.#maxWeight) return;
    this.#pages.set(name, { revision, weight, page: lasting(page) });
    this.#weight += weight;
    for (const oldest of this.#pages.keys()) {
      if (this.#weight <= this.#maxWeight) break;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    const kept = this.#pages.get(name);
    if (kept === undefined) return;
    this.#pages.delete(name);
    this.#weight -= kept.weight;
  }
}
