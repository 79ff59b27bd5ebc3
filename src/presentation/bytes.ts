import { CodecError } from './codec.ts';
import type { Codec } from './codec.ts';

/**
 * The absence of a presentation layer: bytes go through as they are. Both directions hand back the
 * very array they were given, so a caller that keeps a frame beyond its callback copies it first.
 * Throws `UNENCODABLE` when asked to encode anything but a `Uint8Array`.
 *
 * @example
 * ```ts
 * import { bytes } from 'guichet/presentation';
 * const frame = bytes.encode(new Uint8Array([127, 0, 0, 1]));
 * if (bytes.decode(frame).join('.') !== '127.0.0.1') throw new Error('bytes changed on the way');
 * ```
 */
export const bytes: Codec<Uint8Array> = {
  name: 'bytes',
  encode(value) {
    // A value from a command line or an untyped caller may be anything.
    if (!((value as unknown) instanceof Uint8Array)) {
      throw new CodecError('UNENCODABLE', 'Only a Uint8Array can be sent as bytes', {
        details: { path: '' },
      });
    }
    return value;
  },
  decode: (frame) => frame,
};
