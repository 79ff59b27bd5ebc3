/**
 * Guichet in a page: the typed client over `json+ws`, `cbor+ws`, `json+http` and `cbor+http`, and with `s`
 * over TLS. For bundlers, which the package's `browser` field leads past all that is Node's.
 */
export { GuichetError } from '../errors.ts';
export { cbor } from '../presentation/cbor/index.ts';
export { CodecError } from '../presentation/codec.ts';
export { formatEndpointNotation, parseEndpoint } from '../presentation/endpoint.ts';
export type { Endpoint, EndpointDefaults } from '../presentation/endpoint.ts';
export { createJson, json } from '../presentation/json.ts';
export { Channel, channelDefaults } from '../service/channel.ts';
export type { ChannelOptions } from '../service/channel.ts';
export { channelOf, clientOf, connect } from '../service/client.ts';
export type { Client, ClientMethod, ClientMethods } from '../service/client.ts';
export { defineService, implement, method, streamMethod } from '../service/define.ts';
export type { Service } from '../service/define.ts';
export { CallError, errorTable } from '../service/errors.ts';
export type { CallErrorCode } from '../service/errors.ts';
export { EndpointError } from '../transport/endpoint.ts';
export { TransportError } from '../transport/errors.ts';
