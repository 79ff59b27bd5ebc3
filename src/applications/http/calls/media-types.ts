import type { Codec } from '../../../presentation/index.ts';
import { cbor } from '../../../presentation/index.ts';
import { messageJsonUpTo } from '../../../service/message-json.ts';
import { servicesMaxMessageBytes } from '../../services/limits.ts';
import { HttpError } from '../errors.ts';

/** As long as a body may be: how long it is has been looked at before. */
const messageJson = messageJsonUpTo(servicesMaxMessageBytes);

/** The encodings of calls, by media type: JSON (RFC 8259) and CBOR (RFC 8949). */
const codecs: ReadonlyMap<string, Codec<unknown, unknown>> = new Map<
  string,
  Codec<unknown, unknown>
>([
  ['application/json', messageJson],
  ['application/json-rpc', messageJson],
  ['application/jsonrequest', messageJson],
  ['application/cbor', cbor()],
]);

/** How JSON and CBOR are named in responses. */
export function mediaTypeOf(codec: Codec<unknown, unknown>): string {
  return codec.name === 'json' ? 'application/json' : 'application/cbor';
}

/** The codec for a text message, or a binary one, of a WebSocket. */
export function codecOfMessage(isText: boolean): Codec<unknown, unknown> {
  return (isText ? messageJson : codecs.get('application/cbor')) ?? messageJson;
}

/**
 * The codec that a Content-Type names. One is required, and a plain form's is none: no page of another
 * site can make a browser send these without being asked first.
 *
 * @throws {HttpError} UNSUPPORTED_MEDIA_TYPE.
 */
export function codecOfType(contentType: string | undefined): Codec<unknown, unknown> {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const codec = codecs.get(type.trim());
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (codec !== undefined && isUtf8) return codec;
  const message = 'calls are sent as application/json (in UTF-8) or application/cbor';
  throw new HttpError('UNSUPPORTED_MEDIA_TYPE', message, {
    headers: [['Accept', 'application/json, application/cbor']],
  });
}
