import { rpcMount } from './calls/mounted.ts';
import type { HttpMount } from './mount.ts';

/** What the `http` application serves beside its site. */
export const httpMounts: readonly HttpMount[] = [rpcMount];
