import { testStreamContract } from '../../test/contract/stream-contract.ts';

testStreamContract({
  name: 'TCP on IPv4',
  transport: 'tcp',
  freshEndpoint: () => 'tcp://127.0.0.1:0',
  listenOptions: {},
  connectOptions: {},
  tellsResets: true,
  tellsProgress: true,
  hasSystemBuffers: true,
  refusal: 'CONNECTION_REFUSED',
});
