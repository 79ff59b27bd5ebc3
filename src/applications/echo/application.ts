import type { Application } from '../application.ts';
import { serveEcho } from './server.ts';

/** Echo (RFC 862) as `guichet serve` serves it. */
export const echoApplication: Application = {
  name: 'echo',
  endpoints: ['bytes+tcp://127.0.0.1:6668', 'bytes+udp://127.0.0.1:6668'],
  options: {},
  serve: (endpoint, context) => serveEcho(endpoint, context.transport),
};
