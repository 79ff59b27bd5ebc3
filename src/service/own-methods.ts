import { CallError } from './errors.ts';
import type { IncomingCall } from './incoming.ts';
import { isRecord, isRequestId, maxCredit } from './wire.ts';
import type { RequestId } from './wire.ts';

/** What the methods of the protocol itself see of the side that answers them. */
export interface OwnSide {
  /** The call of the other side that has this id and is being carried out. */
  callOf(id: RequestId): IncomingCall | undefined;
  /** Takes an item of a stream that this side asked for. */
  receiveItem(id: RequestId, item: unknown): void;
}

/** Answers the methods of the protocol itself, whose names JSON-RPC 2.0 reserves (section 4.3), but
 * `rpc.discover`, which takes longer. */
export function answerOwn(
  method: string,
  params: unknown,
  side: OwnSide,
  answer: (result: unknown, error: CallError | undefined) => void,
): void {
  const fields = isRecord(params) ? params : {};
  const id = Array.isArray(params) ? (params[0] as unknown) : fields['id'];
  const call = isRequestId(id) ? side.callOf(id) : undefined;
  switch (method) {
    case 'rpc.ping':
      answer('pong', undefined);
      return;
    case 'rpc.cancel':
      call?.abort(new CallError('CANCELLED', `${call.method}: cancelled by the caller`));
      answer(call !== undefined, undefined);
      return;
    case 'rpc.credit': {
      const { count } = fields;
      if (typeof count === 'number' && count > 0) call?.grant(Math.min(count, maxCredit));
      answer(call !== undefined, undefined);
      return;
    }
    case 'rpc.item':
      if (isRequestId(id)) side.receiveItem(id, fields['item']);
      answer(null, undefined);
      return;
    default:
      answer(undefined, new CallError('METHOD_NOT_FOUND', `no method "${method}"`));
  }
}
