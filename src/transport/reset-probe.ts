import { readSync } from 'node:fs';
import { errnoOf, isResetErrno } from './errors.ts';

const oneByte = Buffer.alloc(1);

/**
 * Whether an `end` event hides a reset. When data and a reset arrive together, an event loop may tell
 * the hang-up as an end of data without having read the error; the socket still holds it, and one more
 * read brings it out: 0 bytes after an orderly end, ECONNRESET after a reset. Where the platform does
 * not show its descriptor (Windows), the end is taken as told.
 */
export function hidesReset(socket: object): boolean {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null) return false;
  const descriptor: unknown = Reflect.get(handle, 'fd');
  if (typeof descriptor !== 'number' || descriptor < 0) return false;
  try {
    readSync(descriptor, oneByte);
    return false;
  } catch (error) {
    return isResetErrno(errnoOf(error));
  }
}

/**
 * Bytes that the event loop still has to hand to the system, counted down as they go, where the
 * platform tells: it shows a slow reader's progress inside one large write.
 */
export function unsentBytes(socket: object): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const size: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'writeQueueSize') : 0;
  return typeof size === 'number' ? size : 0;
}
