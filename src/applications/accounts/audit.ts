import type { Identity } from '../../session/index.ts';
import { newIdentifier } from '../../store/index.ts';
import type { Run, Store } from '../../store/index.ts';
import { insertAudit } from './queries.ts';
import type { AccountsTables } from './tables.ts';

/** One thing that somebody did, or tried to; never with a password or a token. */
export interface AuditEntry {
  /** Who did it, as far as that is known. */
  readonly by: Pick<Identity, 'account' | 'name' | 'session'> | undefined;
  /** `session.open`. */
  readonly method: string;
  /** Whom or what it was about. */
  readonly subject?: string | undefined;
  /** From where: an address without its port. */
  readonly address: string;
  /** By default `done`; else the code of what came instead. */
  readonly outcome?: string;
}

/** Refusals that one address is written down for in a minute; the rest only say the same again. */
const maxRefusals = 60;
const minute = 60_000;
/** The same of all addresses together: they may be forged. */
const maxAllRefusals = 6_000;

/** Writes down who did what, when, from where, and how it ended. */
export class AuditLog {
  readonly #store: Store<AccountsTables>;
  readonly #now: () => number;
  readonly #refusals = new Map<string, number>();
  #minute = 0;
  #recorded = 0;

  constructor(store: Store<AccountsTables>, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Writes an entry down within other work: both are kept, or neither. */
  async note(run: Run, entry: AuditEntry): Promise<void> {
    const at = this.#now();
    await run(insertAudit, {
      id: newIdentifier(at),
      at,
      account: entry.by?.account ?? null,
      name: entry.by?.name ?? null,
      session: entry.by?.session ?? null,
      method: entry.method,
      subject: entry.subject ?? null,
      address: entry.address,
      outcome: entry.outcome ?? 'done',
    });
  }

  /** Writes an entry down on its own. */
  async record(entry: AuditEntry): Promise<void> {
    await this.#store.write((_, run) => this.note(run, entry));
  }

  /** Writes a refusal down, unless its address has had its share: nobody fills the disk by being refused. */
  async recordRefusal(entry: AuditEntry): Promise<void> {
    const now = Math.floor(this.#now() / minute);
    if (now !== this.#minute) {
      this.#minute = now;
      this.#recorded = 0;
      this.#refusals.clear();
    }
    if (this.#recorded >= maxAllRefusals) return;
    const count = (this.#refusals.get(entry.address) ?? 0) + 1;
    this.#refusals.set(entry.address, count);
    if (count > maxRefusals) return;
    this.#recorded++;
    await this.record(entry);
  }
}
