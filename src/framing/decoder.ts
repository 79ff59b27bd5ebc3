import { FramingError } from './framing.ts';
import type { FrameDecoder } from './framing.ts';

/**
 * What all decoders share: once one has failed or ended, no later bytes can be mistaken for the
 * beginning of a frame.
 */
export abstract class GuardedDecoder implements FrameDecoder {
  #open = true;

  abstract readonly pendingBytes: number;
  protected abstract accept(chunk: Uint8Array): void;
  protected abstract finish(): void;

  push(chunk: Uint8Array): void {
    if (!this.#open) {
      throw new FramingError(
        'DECODER_CLOSED',
        'The decoder has failed, has ended or is busy: make a new one for a new stream',
      );
    }
    // Closed meanwhile: a throw, the sink's too, leaves it so, and a sink that pushes is found out.
    this.#open = false;
    this.accept(chunk);
    this.#open = true;
  }

  end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.finish();
  }
}
