/** A timer that keeps no page alive: what Node calls `ref` and `unref` has no meaning here. */
class BrowserTimer {
  readonly #stop: () => void;

  constructor(stop: () => void) {
    this.#stop = stop;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  stop(): void {
    this.#stop();
  }
}

/** As Node's, after so many milliseconds. */
export function setTimeout(work: () => void, time?: number): BrowserTimer {
  const number = globalThis.setTimeout(work, time);
  return new BrowserTimer(() => globalThis.clearTimeout(number));
}

/** As Node's, every so many milliseconds. */
export function setInterval(work: () => void, time?: number): BrowserTimer {
  const number = globalThis.setInterval(work, time);
  return new BrowserTimer(() => globalThis.clearInterval(number));
}

export function clearTimeout(timer: BrowserTimer | undefined): void {
  timer?.stop();
}

export function clearInterval(timer: BrowserTimer | undefined): void {
  timer?.stop();
}

/** What `node:timers` exports by default. */
const timers = { setTimeout, setInterval, clearTimeout, clearInterval };
export default timers;

/** Resolves once the page has had its turn, as `node:timers/promises` has it. */
export function setImmediate(): Promise<void> {
  return new Promise((resolve) => {
    globalThis.setTimeout(resolve, 0);
  });
}
