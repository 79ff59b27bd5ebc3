/** What a {@link DeadlineClock} watches. */
export interface Timed {
  /** When it becomes late, by the clock's `now`; infinity for never. */
  readonly deadline: number;
  expire(): void;
  /** Called at each tick, to see what only looking tells. */
  look(now: number): void;
}

/**
 * One timer for the time-outs of all connections: to set one costs a field, not a timer. It reads the
 * time once a tick, so what is late is told up to a tick afterwards.
 */
export class DeadlineClock {
  /** Milliseconds, monotonic, as of the last tick. */
  now: number = performance.now();
  readonly #members = new Set<Timed>();
  readonly #timer: NodeJS.Timeout;

  /** @param tick milliseconds between looks. */
  constructor(tick: number) {
    this.#timer = setInterval(() => this.#tick(), tick);
    this.#timer.unref();
  }

  add(member: Timed): void {
    this.#members.add(member);
  }

  delete(member: Timed): void {
    this.#members.delete(member);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.now = performance.now();
    for (const member of this.#members) {
      if (this.now >= member.deadline) member.expire();
      else member.look(this.now);
    }
  }
}
