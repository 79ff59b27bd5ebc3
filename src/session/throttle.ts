import { hash } from 'node:crypto';
import { normalizeName } from './roles.ts';

/** How failed attempts slow the next ones down. */
export interface ThrottleRule {
  /** Attempts that may fail without consequence. */
  readonly free: number;
  /** Milliseconds to wait after the next failure; doubled by each further one. */
  readonly firstDelay: number;
  /** Failures after which nobody gets in for `lockTime` milliseconds. */
  readonly lockAfter: number;
  readonly lockTime: number;
}

/** Rules for one account, whoever tries, and for one address, whichever account it tries. */
export interface ThrottleRules {
  readonly account: ThrottleRule;
  /** More patient: a whole class may come from one address. */
  readonly address: ThrottleRule;
  /** Milliseconds after the last failure until all are forgotten. */
  readonly forgetAfter: number;
}

/** The finite defaults of {@link ThrottleRules}. */
export const throttleDefaults: ThrottleRules = {
  account: { free: 4, firstDelay: 1_000, lockAfter: 10, lockTime: 900_000 },
  address: { free: 30, firstDelay: 1_000, lockAfter: 100, lockTime: 900_000 },
  forgetAfter: 86_400_000,
};

/** What is remembered of the failures of an account or an address. */
export interface Failures {
  readonly count: number;
  /** When the last was; milliseconds since 1970. */
  readonly lastAt: number;
}

/** Under what the failures of an account name are kept: what was typed may have been a password. */
export function accountKey(name: string): string {
  return `account:${hash('sha256', normalizeName(name), 'base64url')}`;
}

/** Under what the failures of an address are kept: of IPv6 the network, for a host has all of it. */
export function addressKey(address: string): string {
  const space = address.lastIndexOf(' ');
  if (space !== -1) {
    const [kind, bare] = [address.slice(0, space), address.slice(space + 1)];
    return addressKey(bare).replace(':', ` of ${kind}:`);
  }
  if (!address.includes(':')) return `address:${address}`;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return `address:${mapped}`;
  return `address:${expand(address).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address. */
function expand(address: string): string[] {
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after].map((group) =>
    group.toLowerCase().replace(/^0+(?=.)/, ''),
  );
}

/** Milliseconds that the next attempt must wait after these failures. */
function delayAfter(count: number, rule: ThrottleRule): number {
  if (count < rule.free) return 0;
  if (count >= rule.lockAfter) return rule.lockTime;
  return Math.min(rule.firstDelay * 2 ** (count - rule.free), rule.lockTime);
}

/** How many failures count now. */
export function countFailures(
  failures: Failures | undefined,
  now: number,
  forgetAfter: number,
): number {
  return failures === undefined || now - failures.lastAt >= forgetAfter ? 0 : failures.count;
}

/** Milliseconds from now until an attempt is heard; 0 when it is heard now. */
export function waitingTime(
  failures: Failures | undefined,
  rule: ThrottleRule,
  now: number,
  forgetAfter: number,
): number {
  const count = countFailures(failures, now, forgetAfter);
  if (failures === undefined || count === 0) return 0;
  // The clock was set back since by more than the clocks of nodes ever differ: nobody waits for it to
  // come round again, and the next failure counts from the time it is now.
  if (failures.lastAt - now > rule.lockTime) return 0;
  return Math.max(0, failures.lastAt + delayAfter(count, rule) - now);
}
