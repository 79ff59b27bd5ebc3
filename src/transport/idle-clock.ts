/** What an {@link IdleClock} watches. */
export interface Idling {
  /** Ticks since something last moved; whoever moves bytes sets it back to 0. */
  idleTicks: number;
  /** Whether bytes are on their way out and have moved since the last tick. */
  hasProgressed(): boolean;
  becomeIdle(): void;
}

const ticksPerTimeout = 8;

/**
 * Notices what has been idle for a time, one timer for all of it: moving a byte costs the watched one
 * field, not a clock reading. What is idle is told between one and one and an eighth time-outs after.
 */
export class IdleClock {
  readonly #members = new Set<Idling>();
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param timeout milliseconds; 0 watches nothing. */
  constructor(timeout: number) {
    if (timeout === 0) return;
    this.#timer = setInterval(() => this.#tick(), Math.max(1, timeout / ticksPerTimeout));
    this.#timer.unref();
  }

  add(member: Idling): void {
    if (this.#timer !== undefined) this.#members.add(member);
  }

  delete(member: Idling): void {
    this.#members.delete(member);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#members.clear();
  }

  #tick(): void {
    for (const member of this.#members) {
      if (member.hasProgressed()) member.idleTicks = 0;
      else if (++member.idleTicks > ticksPerTimeout) member.becomeIdle();
    }
  }
}
