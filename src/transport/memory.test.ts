import { testStreamContract } from '../../test/contract/stream-contract.ts';

let names = 0;

testStreamContract({
  name: 'memory',
  transport: 'memory',
  freshEndpoint: () => `memory://contract-${++names}`,
  listenOptions: {},
  connectOptions: {},
  tellsResets: true,
  tellsProgress: true,
  hasSystemBuffers: false,
  refusal: 'CONNECTION_REFUSED',
});
