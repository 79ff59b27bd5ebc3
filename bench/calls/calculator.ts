import { Evaluator, calculator, implementCalculator } from 'guichet/calculator';
import { formatEndpointNotation } from 'guichet/presentation';
import { connect, serveServices } from 'guichet/service';
import type { CallPeer } from './peer.ts';

/** The calculator as it is served: each expression is worked out on a thread. */
export const servedCalculator: CallPeer = {
  async serve() {
    const evaluator = new Evaluator();
    evaluator.warmUp();
    const server = await serveServices('json+tcp://127.0.0.1:0', [implementCalculator(evaluator)]);
    return formatEndpointNotation(server.endpoint);
  },
  async connect(place) {
    const client = await connect(place, calculator);
    return ({ x }) => client.evaluate({ expression: `${x}+0.2` });
  },
};
