import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Node's own modules with nothing around them: what comes is written back, without backpressure. */
const [kind, port] = process.argv.slice(2);
const ready = (): void => void process.stdout.write('ready\n');
if (kind === 'udp') {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, peer) => socket.send(bytes, peer.port, peer.address));
  socket.bind(Number(port), '127.0.0.1', ready);
} else {
  createServer((socket) => {
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('error', () => socket.destroy());
  }).listen(Number(port), '127.0.0.1', ready);
}
