import type { Run, Store } from '../../store/index.ts';
import { StoreError } from '../../store/index.ts';
import { CallError } from '../../service/index.ts';
import { commonScale } from './averages.ts';
import { nextIdentifier } from './identifiers.ts';
import { nameStudent } from './images.ts';
import type { MarkImage } from './images.ts';
import { Ledger } from './ledger.ts';
import type { Edit } from './ledger.ts';
import { gradebookLimits } from './limits.ts';
import { Pace } from './pace.ts';
import { findMarkOf } from './queries.ts';
import { Rational } from './rational.ts';
import { refuse } from './refusal.ts';
import type { GradebookTables } from './tables.ts';
import { digestCall, findRepeated, makeChange } from './write.ts';
import type { MadeChange, WriteCall } from './write.ts';

/** A mark as a caller gives it. */
export interface NewMark {
  readonly student: string;
  readonly value: string;
  readonly coefficient?: string | undefined;
  readonly scale?: string | undefined;
  readonly assessment?: string | undefined;
  readonly label?: string | undefined;
  readonly date?: string | undefined;
}

interface WaitingMarks {
  readonly call: WriteCall;
  readonly marks: readonly NewMark[];
  readonly resolve: (marks: MarkImage[]) => void;
  readonly reject: (error: unknown) => void;
}

type Settled = { readonly marks: MarkImage[] } | { readonly error: unknown };

/** Marks that one transaction takes at most, unless a single call has more. */
const maxGroup = 512;
/** Milliseconds of work on marks without a pause: whoever reads meanwhile waits for so much at most. */
const turn = 0.5;

/** @throws {CallError} `OUT_OF_SCALE` */
export function checkValue(value: string, scale: string): void {
  if (value.startsWith('A') || value.startsWith('E')) return;
  // Floats tell numbers of 12 digits apart: only what looks equal or more needs exact arithmetic.
  if (Number(value) < Number(scale)) return;
  if (Rational.parse(value).compare(Rational.parse(scale)) > 0) {
    throw refuse('OUT_OF_SCALE', { value, scale });
  }
}

/** Rules of the tables that one of many calls may have broken; any other failure is not a call's. */
const blamable: ReadonlySet<string> = new Set([
  'STORE_DUPLICATE',
  'STORE_REFERENCE',
  'STORE_CONSTRAINT',
]);

/** Whether a failure is the store's: no call is to blame, and it may not even be known what was done. */
function concernsAll(error: unknown): boolean {
  return error instanceof StoreError && !blamable.has(error.code);
}

function marksOf({ items }: MadeChange): MarkImage[] {
  return items.flatMap((item) => (item.kind === 'mark' && item.after !== null ? [item.after] : []));
}

/** What a new mark will be, once all that it must hold to was looked at. */
async function resolveMark(ledger: Ledger, mark: NewMark, promotion: string): Promise<MarkImage> {
  const { student, value, date = null } = mark;
  let image: MarkImage = {
    mark: nextIdentifier(),
    student,
    assessment: null,
    label: mark.label ?? '',
    date,
    value,
    scale: mark.scale ?? String(commonScale),
    coefficient: mark.coefficient ?? '1',
    published: false,
    version: 1,
  };
  if (mark.assessment !== undefined) {
    if (mark.coefficient !== undefined || mark.scale !== undefined)
      throw refuse('WITHIN_ASSESSMENT');
    const found = await ledger.assessment(mark.assessment);
    if (found.promotion !== promotion) throw refuse('OTHER_PROMOTION');
    const { id: assessment, scale, coefficient, published } = found;
    image = { ...image, assessment, scale, coefficient, published: published === 1 };
  }
  checkValue(image.value, image.scale);
  return image;
}

/** Adds marks of one call: checks all of them, then writes all of them. */
async function addMarks(
  ledger: Ledger,
  { caller }: WriteCall,
  marks: readonly NewMark[],
  pace: Pace,
): Promise<Edit> {
  const images: MarkImage[] = [];
  const given = new Map<string, number>();
  const taken = new Set<string>();
  let promotion = '';
  for (const mark of marks) {
    await pace.keep();
    const student = await ledger.presentStudent(mark.student);
    if (promotion === '') {
      promotion = student.row.promotion;
      await ledger.hold(promotion, caller);
    } else if (student.row.promotion !== promotion) throw refuse('SEVERAL_PROMOTIONS');
    const count = (given.get(mark.student) ?? student.marks) + 1;
    given.set(mark.student, count);
    if (count > gradebookLimits.maxMarks) {
      throw refuse('TOO_MANY_MARKS', { limit: gradebookLimits.maxMarks });
    }
    const image = await resolveMark(ledger, mark, promotion);
    const { assessment } = image;
    if (assessment !== null) {
      const place = `${assessment} ${mark.student}`;
      const { rows } = await ledger.run(findMarkOf, { assessment, student: mark.student });
      if (rows.length > 0 || taken.has(place)) {
        const { name } = await ledger.assessment(assessment);
        throw refuse('MARK_EXISTS', { name: nameStudent(student.row), assessment: name });
      }
    }
    images.push(image);
    if (assessment !== null) taken.add(`${assessment} ${mark.student}`);
  }
  const edit = ledger.begin(promotion);
  for (const image of images) {
    await pace.keep();
    await ledger.putMark(edit, null, image, null);
  }
  return edit;
}

/**
 * Gives marks, those of all callers who are waiting in one transaction: each call is carried out or
 * refused by itself, and a student or promotion that many of them touch is read and written once.
 */
export class MarkWriter {
  readonly #store: Store<GradebookTables>;
  #waiting: WaitingMarks[] = [];
  #isWriting = false;

  constructor(store: Store<GradebookTables>) {
    this.#store = store;
  }

  /** Adds the marks of one call, all or none; resolves once they are on disk. */
  add(call: WriteCall, marks: readonly NewMark[]): Promise<MarkImage[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, marks, resolve, reject });
      if (!this.#isWriting) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      // Taken when the store gets to it: until then, more may have come.
      let group: readonly WaitingMarks[] = [];
      try {
        const written = await this.#store.write(async (query, run) => {
          if (group.length === 0) group = this.#take();
          const ledger = new Ledger(query, run);
          return { settled: await this.#writeGroup(ledger, run, group), ledger };
        });
        group[0]?.call.onCommit(written.ledger);
        const pace = new Pace(turn);
        for (const [index, one] of group.entries()) {
          settle(one, written.settled[index]);
          await pace.keep();
        }
      } catch (error) {
        if (group.length === 0) group = this.#take();
        if (concernsAll(error)) for (const { reject } of group) reject(error);
        // One of them is to blame: each is tried by itself, and told its own error.
        else await Promise.all(group.map((one) => this.#writeAlone(one)));
      }
    }
    this.#isWriting = false;
  }

  #take(): readonly WaitingMarks[] {
    let marks = 0;
    let count = 0;
    for (const one of this.#waiting) {
      marks += one.marks.length;
      if (count > 0 && marks > maxGroup) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** Carries out the calls of a group; whoever only reads has their turn meanwhile. */
  async #writeGroup(
    ledger: Ledger,
    run: Run,
    group: readonly WaitingMarks[],
  ): Promise<readonly Settled[]> {
    const settled: Settled[] = [];
    const keys = new Map<string, MadeChange & { readonly digest: string }>();
    if (this.#store.kind === 'postgres') {
      await ledger.preload(group.flatMap(({ marks }) => marks.map(({ student }) => student)));
    }
    const pace = new Pace(turn);
    for (const { call, marks } of group) {
      try {
        settled.push({ marks: await this.#addOnce(ledger, run, call, marks, keys, pace) });
      } catch (error) {
        // What the gradebook refuses has changed nothing yet; any other failure undoes the whole.
        if (!(error instanceof CallError)) throw error;
        settled.push({ error });
      }
    }
    await ledger.finish(pace);
    return settled;
  }

  async #addOnce(
    ledger: Ledger,
    run: Run,
    call: WriteCall,
    marks: readonly NewMark[],
    keys: Map<string, MadeChange & { readonly digest: string }>,
    pace: Pace,
  ): Promise<MarkImage[]> {
    const { caller, action, key } = call;
    const digest = key === undefined ? '' : digestCall(call);
    const name = `${caller.account} ${key}`;
    if (key !== undefined) {
      const repeated = keys.get(name) ?? (await findRepeated(run, call, digest));
      if (repeated !== undefined) {
        if ('digest' in repeated && repeated.digest !== digest) throw refuse('KEY_REUSED');
        return marksOf(repeated);
      }
    }
    const edit = await addMarks(ledger, call, marks, pace);
    const row = ledger.enter(edit, action, caller.account, key, digest);
    const change = { id: edit.id, row, items: edit.items, digest };
    if (key !== undefined) keys.set(name, change);
    return marksOf(change);
  }

  async #writeAlone({ call, marks, resolve, reject }: WaitingMarks): Promise<void> {
    try {
      resolve(
        await makeChange(
          this.#store,
          call,
          (ledger) => addMarks(ledger, call, marks, new Pace(turn)),
          marksOf,
        ),
      );
    } catch (error) {
      reject(error);
    }
  }
}

function settle({ resolve, reject }: WaitingMarks, settled: Settled | undefined): void {
  if (settled === undefined) reject(new TypeError('a call was left without an answer'));
  else if ('error' in settled) reject(settled.error);
  else resolve(settled.marks);
}
