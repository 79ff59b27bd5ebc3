import { parseQualities } from './qualities.ts';

/** The content codings known here (RFC 9110, section 8.4.1; RFC 7932; RFC 8878). */
export const encodings = ['br', 'zstd', 'gzip'] as const;

export type Encoding = (typeof encodings)[number];

/** What a precompressed sibling's name ends with: `app.js.br` stands beside `app.js`. */
export const encodingSuffixes: Readonly<Record<Encoding, string>> = {
  br: '.br',
  zstd: '.zst',
  gzip: '.gz',
};

/** What Accept-Encoding allows. */
export interface AcceptedEncodings {
  /** The weight of a coding, 0 when it is refused. */
  qualityOf(encoding: Encoding): number;
  /** The weight of sending it as it is: `undefined` when nothing is said, which allows it. */
  readonly identity: number | undefined;
}

/** Without the field, anything may be sent; what all understand is what it is. */
const identityOnly: AcceptedEncodings = { qualityOf: () => 0, identity: undefined };

/** Reads Accept-Encoding (RFC 9110, section 12.5.3). */
export function parseAcceptEncoding(value: string | undefined): AcceptedEncodings {
  if (value === undefined) return identityOnly;
  const qualities = parseQualities(value);
  const others = qualities.get('*');
  return {
    qualityOf: (encoding) => {
      const named = qualities.get(encoding);
      // An old name for it, which recipients treat alike (section 8.4.1.3).
      const alias = encoding === 'gzip' ? qualities.get('x-gzip') : undefined;
      return named ?? alias ?? others ?? 0;
    },
    identity: qualities.get('identity') ?? others,
  };
}

/**
 * Chooses what to send: the coding of the greatest weight, of equals the first among the `available`;
 * as it is when that is wanted more, or when no coding that is there is wanted.
 */
export function chooseEncoding(
  accepted: AcceptedEncodings,
  available: readonly Encoding[],
): Encoding | 'identity' {
  let chosen: Encoding | 'identity' = 'identity';
  let best = 0;
  for (const encoding of available) {
    const quality = accepted.qualityOf(encoding);
    if (quality > best) [chosen, best] = [encoding, quality];
  }
  return (accepted.identity ?? 0) > best ? 'identity' : chosen;
}
