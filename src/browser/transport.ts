/** The transports of a browser, in the place of `guichet/transport`: what carries messages over the web. */
import type { StreamHandler } from '../transport/contract.ts';
import {
  EndpointError,
  formatEndpoint,
  isWebEndpoint,
  toTransportEndpoint,
} from '../transport/endpoint.ts';
import type { TransportEndpoint } from '../transport/endpoint.ts';
import type { MessageConnection, MessageHandler, MessageOptions } from '../transport/message.ts';
import { openExchange } from './exchange.ts';
import { connectWebSocket } from './websocket.ts';

export * from '../transport/contract.ts';
export * from '../transport/endpoint.ts';
export * from '../transport/errors.ts';
export * from '../transport/message.ts';

function refuse(endpoint: string | TransportEndpoint): EndpointError {
  const place = toTransportEndpoint(endpoint);
  const text = formatEndpoint(place);
  return new EndpointError('UNKNOWN_TRANSPORT', `"${text}" cannot be had in a browser`, {
    details: { endpoint: text, transport: place.transport, known: 'ws, wss, http, https' },
  });
}

/** Connects for a conversation in messages: by the browser's WebSocket, or its `fetch`. */
export async function connectMessages(
  endpoint: string | TransportEndpoint,
  handler: MessageHandler,
  options: MessageOptions = {},
): Promise<MessageConnection> {
  const place = toTransportEndpoint(endpoint);
  if (!isWebEndpoint(place)) throw refuse(place);
  return place.transport === 'ws' || place.transport === 'wss'
    ? connectWebSocket(place, handler, options)
    : openExchange(place, handler, options);
}

/** A page has no streams of its own. @throws {EndpointError} always. */
export async function connect(
  endpoint: string | TransportEndpoint,
  _handler: StreamHandler,
): Promise<never> {
  throw refuse(endpoint);
}

export { connect as bind, connect as connectDatagrams, connect as listen };
