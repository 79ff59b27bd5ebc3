import { tap } from '../observe/index.ts';
import type { CallEvent } from '../observe/index.ts';
import type { ValueConnection } from '../presentation/index.ts';
import { formatAddress } from '../transport/index.ts';
import type { RequestId } from './wire.ts';

type Conversation = Pick<ValueConnection<unknown>, 'id' | 'remote'> & {
  readonly frames: { readonly isDatagram: boolean };
};

/** Publishes to the tap what one message that is about to be sent is. */
export function publishSent(
  connection: Conversation,
  message: Readonly<Record<string, unknown>>,
  link: number,
): void {
  const { method, id } = message;
  const isCall = typeof method === 'string';
  const asked = id === undefined ? 'notification' : 'request';
  const answered = message['error'] === undefined ? 'result' : 'error';
  publishCall(
    connection,
    isCall ? asked : answered,
    'out',
    link,
    isCall ? method : '',
    id as RequestId | undefined,
  );
}

/** Publishes one step of a call to the tap. */
export function publishCall(
  connection: Conversation,
  step: CallEvent['step'],
  direction: CallEvent['direction'],
  message: number,
  method: string,
  id: RequestId | undefined,
): void {
  tap.publish({
    layer: 'service',
    kind: 'call',
    time: tap.now(),
    connection: connection.id,
    direction,
    message,
    step,
    method,
    ...(id !== undefined && { id }),
    ...(connection.frames.isDatagram && { remote: formatAddress(connection.remote) }),
  });
}
