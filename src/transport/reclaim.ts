/** How much is received, in all, before the memory of what was handled is asked back. */
const bytesBetweenCollections = 8_388_608;

let received = 0;

/**
 * Counts bytes received, and now and then has the youngest objects collected.
 *
 * A chunk is garbage as soon as it is handled, but its bytes lie outside the heap that the collector
 * watches: in a flood a hundred MiB of them gather before it looks. Asked every 8 MiB, it keeps memory
 * low, and costs less processor time than it saves, since the same memory is used again while still in
 * the cache. It can be asked where the process has `gc` (`node --expose-gc`, as the command line has).
 */
export function countReceived(bytes: number): void {
  received += bytes;
  if (received < bytesBetweenCollections) return;
  received = 0;
  globalThis.gc?.({ type: 'minor' });
}
