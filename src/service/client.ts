import type { Endpoint } from '../presentation/index.ts';
import { Channel } from './channel.ts';
import type { ChannelOptions } from './channel.ts';
import type { CallerHandle } from './context.ts';
import { DeclaredMethod } from './declared-method.ts';
import type { AnyMethod, CallMethod, Service, StreamMethod } from './define.ts';
import type { OutgoingOptions } from './pending.ts';
import type { InputOf, OutputOf, Schema } from './schema.ts';

/** The parameters of a method; none need be written where an empty object would do. */
type ParamsOf<Params extends Schema> =
  Readonly<Record<string, never>> extends InputOf<Params>
    ? [params?: InputOf<Params>, options?: OutgoingOptions]
    : [params: InputOf<Params>, options?: OutgoingOptions];

/** What calling one method is like. */
export type ClientMethod<Method extends AnyMethod> =
  Method extends StreamMethod<infer Params, infer Item>
    ? (...args: ParamsOf<Params>) => AsyncGenerator<OutputOf<Item>, void, undefined>
    : Method extends CallMethod<infer Params, infer Result>
      ? (...args: ParamsOf<Params>) => Promise<OutputOf<Result>>
      : never;

/** A service seen from afar: a function for each method, and the way to close the connection. */
export type Client<Type extends Service> = AsyncDisposable & ClientMethods<Type>;

/** A function for each method of a service that is seen from afar. */
export type ClientMethods<Type extends Service> = {
  readonly [Name in keyof Type['methods']]: ClientMethod<Type['methods'][Name]>;
};

const channels = new WeakMap<object, Channel>();

/** The typed client of a service over a channel; several can share one. */
export function clientOf<Type extends Service>(channel: Channel, service: Type): Client<Type>;
/** The typed client of a service that a caller serves: calls it back over its own connection. */
export function clientOf<Type extends Service>(
  caller: CallerHandle,
  service: Type,
): ClientMethods<Type>;
export function clientOf<Type extends Service>(
  channel: Channel | CallerHandle,
  service: Type,
): ClientMethods<Type> {
  const client: Record<PropertyKey, unknown> = Object.create(null) as Record<PropertyKey, unknown>;
  if (!(channel instanceof Channel)) {
    for (const [name, declared] of Object.entries(service.methods)) {
      client[name] = callBack(channel, new DeclaredMethod(service, name, declared));
    }
    return client as ClientMethods<Type>;
  }
  for (const [name, declared] of Object.entries(service.methods)) {
    const method = new DeclaredMethod(service, name, declared);
    client[name] = method.isStream
      ? (params?: unknown, options: OutgoingOptions = {}) =>
          channel.streamDeclared(method, params, options)
      : (params?: unknown, options: OutgoingOptions = {}) =>
          channel.callDeclared(method, params, options);
  }
  client[Symbol.asyncDispose] = () => channel.close();
  channels.set(client, channel);
  return client as Client<Type>;
}

/** What calls one method of a caller's, validating as a channel does. */
function callBack(caller: CallerHandle, method: DeclaredMethod) {
  if (!method.isStream) {
    return async (given?: unknown, options: OutgoingOptions = {}): Promise<unknown> => {
      await method.checkParams(given);
      return method.checkResult(await caller.call(method.name, given, options));
    };
  }
  return async function* (given?: unknown, options: OutgoingOptions = {}) {
    await method.checkParams(given);
    const stream = caller.stream(method.name, given, options);
    try {
      for (let next = await stream.next(); next.done !== true; next = await stream.next()) {
        yield await method.checkItem(next.value);
      }
    } finally {
      stream.cancel();
    }
  };
}

/** The channel under a client: to close it, ping, notify, or make calls that are declared nowhere. */
export function channelOf(client: object): Channel {
  const channel = channels.get(client);
  if (channel === undefined) throw new TypeError('this is no client made by connect or clientOf');
  return channel;
}

/**
 * Connects to a service at an endpoint: the result has a function for each of its methods.
 *
 * @throws {TransportError} {@link EndpointError} when the first connection cannot be made. Calls reject
 *   with a {@link CallError}.
 * @example
 * ```ts
 * import { CallError, connect, defineService, implement, method, serveServices } from 'guichet/service';
 * import { z } from 'zod';
 * const halver = defineService('halver', {
 *   halve: method({ params: z.object({ number: z.number() }), result: z.number() }),
 * });
 * await using server = await serveServices('json+tcp://127.0.0.1:0', [
 *   implement(halver, {
 *     halve({ number }) {
 *       if (number % 2 !== 0) throw new CallError('FAILED', `${number} is odd`);
 *       return number / 2;
 *     },
 *   }),
 * ]);
 * await using client = await connect(server.endpoint, halver);
 * if ((await client.halve({ number: 8 }, { deadline: 1_000 })) !== 4) throw new Error();
 * const refusal = await client.halve({ number: 3 }).catch((error: unknown) => error);
 * if (!(refusal instanceof CallError) || refusal.message !== '3 is odd') throw new Error();
 * ```
 */
export async function connect<Type extends Service>(
  endpoint: string | Endpoint,
  service: Type,
  options: ChannelOptions = {},
): Promise<Client<Type>> {
  return clientOf(await Channel.open(endpoint, options), service);
}
