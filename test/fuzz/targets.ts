import { calculatorTargets } from './calculator-targets.ts';
import { codecTargets } from './codec-targets.ts';
import { endpointTarget } from './endpoint-target.ts';
import { framingTargets } from './framing-targets.ts';
import { httpTarget } from './http-target.ts';
import type { FuzzTarget } from './target.ts';

/** All that `npm run fuzz` knows. */
export const targets: readonly FuzzTarget[] = [
  ...framingTargets,
  ...codecTargets,
  endpointTarget,
  ...calculatorTargets,
  httpTarget,
];
