import { echoDatagrams, echoStreams } from '../../src/applications/echo/server.ts';
import { bind, listen } from '../../src/transport/index.ts';

const [kind, port] = process.argv.slice(2);
if (kind === 'udp') await bind(`udp://127.0.0.1:${port}`, echoDatagrams);
else await listen(`tcp://127.0.0.1:${port}`, echoStreams);
process.stdout.write('ready\n');
