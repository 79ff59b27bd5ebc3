import { EndpointError, formatEndpoint, isWebEndpoint, toTransportEndpoint } from './endpoint.ts';
import type { TransportEndpoint } from './endpoint.ts';
import type { MessageConnection, MessageHandler, MessageOptions } from './message.ts';

/**
 * Connects for a conversation in messages: by WebSocket, or by HTTP requests.
 *
 * @throws {TransportError} `CONNECTION_REFUSED`, `WEB_REFUSED`, `TLS_FAILED`…
 * @throws {EndpointError} when the notation is wrong, or carries no messages.
 */
export async function connectMessages(
  endpoint: string | TransportEndpoint,
  handler: MessageHandler,
  options: MessageOptions = {},
): Promise<MessageConnection> {
  const place = toTransportEndpoint(endpoint);
  if (!isWebEndpoint(place)) {
    const text = formatEndpoint(place);
    throw new EndpointError('UNKNOWN_TRANSPORT', `"${text}" is no place on a web server`, {
      details: { endpoint: text, transport: place.transport, known: 'ws, wss, http, https' },
    });
  }
  // Loaded when first used: most programs never speak to a web server.
  if (place.transport === 'ws' || place.transport === 'wss') {
    const { connectWebSocket } = await import('./websocket.ts');
    return connectWebSocket(place, handler, options);
  }
  const { openExchange } = await import('./web-exchange.ts');
  return openExchange(place, handler, options);
}
