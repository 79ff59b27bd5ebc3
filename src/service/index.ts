export { Channel, channelDefaults, type ChannelOptions } from './channel.ts';
export * from './client.ts';
export type { CallContext, CallerHandle } from './context.ts';
export { datagramMemoryDefaults, type DatagramMemoryOptions } from './datagram-peers.ts';
export * from './define.ts';
export * from './describe.ts';
export {
  Dispatcher,
  dispatcherDefaults,
  type CallHandler,
  type DispatcherOptions,
  type InterceptedCall,
  type Interceptor,
} from './dispatcher.ts';
export * from './errors.ts';
export { lasting } from './lasting.ts';
export { Peer } from './peer.ts';
export type { OutgoingStream } from './outgoing-stream.ts';
export type { OutgoingOptions } from './pending.ts';
export type { InputOf, OutputOf, Schema, SchemaIssue } from './schema.ts';
export * from './serve.ts';
export type { CallMeta, RequestId, RequestMessage, ResponseMessage } from './wire.ts';
export * from './worker-pool.ts';
export { serveTasks } from './worker-tasks.ts';
