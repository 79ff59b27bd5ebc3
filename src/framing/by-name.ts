import { chunk } from './chunk.ts';
import { datagram } from './datagram.ts';
import { FramingError } from './framing.ts';
import type { Framing } from './framing.ts';
import { length } from './length.ts';
import { line } from './line.ts';
import type { LineOptions } from './line.ts';

/** The names of all framings, as they stand in an endpoint's `?framing=`. */
export const framingNames = ['chunk', 'line', 'length', 'datagram'] as const;

/** One of {@link framingNames}. */
export type FramingName = (typeof framingNames)[number];

const framings: ReadonlyMap<string, (options: LineOptions) => Framing> = new Map(
  Object.entries({ chunk, line, length, datagram } satisfies Record<FramingName, unknown>),
);

/** Tells whether there is a framing of that name. */
export function isFramingName(name: string): name is FramingName {
  return framings.has(name);
}

/**
 * The framing of that name. An option that only another framing has is left aside.
 *
 * @throws {FramingError} `UNKNOWN_FRAMING`, `INVALID_FRAME_LIMIT`.
 * @example
 * ```ts
 * import { framingByName } from 'guichet/framing';
 * const framing = framingByName('line', { maxFrameBytes: 4096 });
 * const bytes = framing.encode(Buffer.from('bonjour'));
 * if (Buffer.from(bytes).toString() !== 'bonjour\n') throw new Error('line');
 * ```
 */
export function framingByName(name: string, options: LineOptions = {}): Framing {
  const create = framings.get(name);
  if (create === undefined) {
    throw new FramingError(
      'UNKNOWN_FRAMING',
      `There is no framing ${JSON.stringify(name)}: choose one of ${framingNames.join(', ')}`,
      { details: { name } },
    );
  }
  return create(options);
}
