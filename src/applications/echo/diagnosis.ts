/** How the answer of an echo compares with what was sent. */
export interface EchoDiagnosis {
  readonly isIdentical: boolean;
  /** Bytes sent. */
  readonly sent: number;
  /** Bytes that came back. */
  readonly received: number;
  /** The first byte that came back as another; absent when all that came agrees. */
  readonly firstDifference?: number;
  /** Bytes sent that did not come back. */
  readonly missing: number;
  /** Bytes that came back beyond those sent. */
  readonly extra: number;
}

/**
 * Compares what was sent with what came back.
 *
 * @example
 * ```ts
 * import { diagnoseEcho } from 'guichet/applications';
 * const diagnosis = diagnoseEcho(Buffer.from('bonjour'), Buffer.from('bonJou'));
 * if (diagnosis.firstDifference !== 3 || diagnosis.missing !== 1) throw new Error();
 * ```
 */
export function diagnoseEcho(sent: Uint8Array, received: Uint8Array): EchoDiagnosis {
  const common = Math.min(sent.length, received.length);
  const agrees = Buffer.compare(sent.subarray(0, common), received.subarray(0, common)) === 0;
  let firstDifference: number | undefined;
  if (!agrees) {
    firstDifference = 0;
    while (sent[firstDifference] === received[firstDifference]) firstDifference++;
  }
  return {
    isIdentical: agrees && sent.length === received.length,
    sent: sent.length,
    received: received.length,
    ...(firstDifference !== undefined && { firstDifference }),
    missing: sent.length - common,
    extra: received.length - common,
  };
}
