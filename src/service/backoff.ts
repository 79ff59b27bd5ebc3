import timers from 'node:timers';
import { longestTime } from './deadlines.ts';

/** Milliseconds from one attempt to the next: at first, and at most. */
const backoff = { first: 50, longest: 5_000 } as const;

/**
 * Milliseconds to wait after so many failures in a row: doubled with each, and spread over half to one and
 * a half, so that clients do not march.
 */
export function pauseAfter(failures: number): number {
  const base = Math.min(backoff.first * 2 ** (failures - 1), backoff.longest);
  return base * (0.5 + Math.random());
}

/** Waits for so many milliseconds, or until one of the signals aborts. */
export function delay(
  milliseconds: number,
  ...given: readonly (AbortSignal | undefined)[]
): Promise<void> {
  const signals = given.filter((signal) => signal !== undefined);
  return new Promise((resolve) => {
    const finish = (): void => {
      timers.clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = timers.setTimeout(finish, Math.min(milliseconds, longestTime));
    for (const signal of signals) signal.addEventListener('abort', finish, { once: true });
    if (signals.some((signal) => signal.aborted)) finish();
  });
}
