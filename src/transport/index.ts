export * from './bind.ts';
export * from './certificates.ts';
export * from './connect-messages.ts';
export * from './contract.ts';
export {
  datagramDefaults,
  maxDatagramBytes,
  type DatagramHandler,
  type DatagramOptions,
  type DatagramSocket,
} from './datagram.ts';
export * from './endpoint.ts';
export * from './errors.ts';
export * from './listen.ts';
export * from './message.ts';
export * from './port-holder.ts';
export * from './send-queues.ts';
export * from './server-certificates.ts';
export * from './stream.ts';
