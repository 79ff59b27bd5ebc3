/**
 * What is fuzzed. `run` returns for any bytes, or resolves; it throws, or rejects, only for a bug: an error other than those the
 * code under test documents, or a result that contradicts another.
 */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs that get far into the code; the others are made of these. */
  readonly seeds: readonly Uint8Array[];
  /** Short pieces that mean something to the code, inserted now and then. */
  readonly tokens?: readonly Uint8Array[];
  /** The most one input may take, in milliseconds, where that is more than the run allows. */
  readonly inputMilliseconds?: number;
  run(bytes: Uint8Array): void | Promise<void>;
}
