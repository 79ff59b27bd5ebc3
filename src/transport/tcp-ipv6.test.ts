import { testStreamContract } from '../../test/contract/stream-contract.ts';

testStreamContract({
  name: 'TCP on IPv6',
  transport: 'tcp',
  freshEndpoint: () => 'tcp://[::1]:0',
  listenOptions: {},
  connectOptions: {},
  tellsResets: true,
  tellsProgress: true,
  hasSystemBuffers: true,
  refusal: 'CONNECTION_REFUSED',
});
