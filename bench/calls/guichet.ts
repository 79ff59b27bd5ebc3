import { connect, defineService, implement, method, serveServices } from 'guichet/service';
import { formatEndpointNotation } from 'guichet/presentation';
import { z } from 'zod';
import { move } from './peer.ts';
import type { CallPeer } from './peer.ts';

const point = z.object({ x: z.number(), y: z.number(), label: z.string().max(100) });

/** The service of this benchmark. */
export const plane = defineService('plane', { move: method({ params: point, result: point }) });

/** Guichet as it comes: validation on both sides, deadlines, limits. */
export const guichet: CallPeer = {
  async serve() {
    const server = await serveServices('json+tcp://127.0.0.1:0', [implement(plane, { move })]);
    return formatEndpointNotation(server.endpoint);
  },
  async connect(place) {
    const client = await connect(place, plane);
    return (given) => client.move(given);
  },
};
