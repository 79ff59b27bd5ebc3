import { Lines, listenSockets, move, openSocket } from './peer.ts';
import type { CallPeer, Gathering, Point } from './peer.ts';

/** As little as calls can be: a number and the parameters there, the number and the result back. */
export function makeBare(gathering: Gathering): CallPeer {
  return {
    serve: () =>
      listenSockets((socket) => {
        const lines = new Lines(socket, gathering, (line) => {
          const { id, params } = JSON.parse(line) as { id: number; params: Point };
          lines.send(JSON.stringify({ id, result: move(params) }));
        });
      }),
    async connect(port) {
      const pending = new Map<number, (result: unknown) => void>();
      let last = 0;
      const lines = new Lines(await openSocket(port), gathering, (line) => {
        const { id, result } = JSON.parse(line) as { id: number; result: unknown };
        const resolve = pending.get(id);
        pending.delete(id);
        resolve?.(result);
      });
      return (params) =>
        new Promise((resolve) => {
          const id = ++last;
          pending.set(id, resolve);
          lines.send(JSON.stringify({ id, method: 'plane.move', params }));
        });
    },
  };
}
