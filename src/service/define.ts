import type { CallContext } from './context.ts';
import type { InputOf, OutputOf, Schema } from './schema.ts';
import { toJsonSchema } from './schema.ts';

/** What is said of a method for people. */
export interface MethodDocumentation {
  /** One line. */
  readonly summary?: string;
  readonly description?: string;
  /** Parameters worth trying, with what they give. */
  readonly examples?: readonly {
    readonly params?: Readonly<Record<string, unknown>>;
    readonly result?: unknown;
  }[];
}

interface MethodTraits extends MethodDocumentation {
  /**
   * Whether doing it twice does no more than doing it once: such a call may be sent again after its
   * connection was lost. Default false.
   */
  readonly isIdempotent?: boolean;
  /**
   * The names of the parameters in order, for calls that give them by position. By default those of the
   * parameters' JSON Schema, in its order.
   */
  readonly parameterNames?: readonly string[];
}

/** A method that gives one result. */
export interface CallMethod<Params extends Schema, Result extends Schema> extends MethodTraits {
  readonly params: Params;
  readonly result: Result;
  readonly item?: undefined;
}

/** A method that gives a stream of items. */
export interface StreamMethod<Params extends Schema, Item extends Schema> extends MethodTraits {
  readonly params: Params;
  readonly item: Item;
  readonly result?: undefined;
}

/** Any method, for code that does not know which. */
export type AnyMethod = CallMethod<Schema, Schema> | StreamMethod<Schema, Schema>;

/** A service: a name and its methods. */
export interface Service<
  Methods extends Readonly<Record<string, AnyMethod>> = Readonly<Record<string, AnyMethod>>,
> {
  readonly name: string;
  readonly methods: Methods;
  readonly description?: string;
}

/** Declares a method that gives one result. See {@link defineService}. */
export function method<Params extends Schema, Result extends Schema>(
  declaration: CallMethod<Params, Result>,
): CallMethod<Params, Result> {
  return declaration;
}

/** Declares a method that gives a stream of items, each checked as it passes. */
export function streamMethod<Params extends Schema, Item extends Schema>(
  declaration: StreamMethod<Params, Item>,
): StreamMethod<Params, Item> {
  return declaration;
}

/**
 * Declares a service once. From the declaration come the type of its implementation, the typed client,
 * the validation on both sides, the OpenRPC document and the help of `guichet call`.
 *
 * @throws {TypeError} for a name that could not be called: a dot in a service's, `rpc`.
 * @example
 * ```ts
 * import { connect, defineService, implement, method, serveServices } from 'guichet/service';
 * import { z } from 'zod';
 * const greeter = defineService('greeter', {
 *   greet: method({ params: z.object({ name: z.string().min(1) }), result: z.string() }),
 * });
 * await using server = await serveServices('json+tcp://127.0.0.1:0', [
 *   implement(greeter, { greet: ({ name }) => `Hello, ${name}` }),
 * ]);
 * await using client = await connect(server.endpoint, greeter);
 * if ((await client.greet({ name: 'Ada' })) !== 'Hello, Ada') throw new Error();
 * ```
 */
export function defineService<const Methods extends Readonly<Record<string, AnyMethod>>>(
  name: string,
  methods: Methods,
  description?: string,
): Service<Methods> {
  if (!/^[A-Za-z][\w-]*$/.test(name) || name === 'rpc') {
    throw new TypeError(`"${name}" cannot name a service: a letter, then letters, digits, _ or -`);
  }
  for (const methodName of Object.keys(methods)) {
    if (!/^[A-Za-z][\w-]*$/.test(methodName) || methodName === 'then') {
      throw new TypeError(`"${methodName}" cannot name a method of ${name}`);
    }
  }
  return { name, methods, ...(description !== undefined && { description }) };
}

/** What implements one method. */
export type MethodImplementation<Method extends AnyMethod> =
  Method extends StreamMethod<infer Params, infer Item>
    ? (
        params: OutputOf<Params>,
        context: CallContext,
      ) => AsyncIterable<InputOf<Item>> | Iterable<InputOf<Item>>
    : Method extends CallMethod<infer Params, infer Result>
      ? (
          params: OutputOf<Params>,
          context: CallContext,
        ) => InputOf<Result> | Promise<InputOf<Result>>
      : never;

/** What implements a service: a function for each of its methods. */
export type Implementation<Type extends Service> = {
  readonly [Name in keyof Type['methods']]: MethodImplementation<Type['methods'][Name]>;
};

/** A service with what implements it. */
export interface ImplementedService {
  readonly service: Service;
  readonly methods: ReadonlyMap<string, (params: never, context: CallContext) => unknown>;
}

/** Ties a service to what implements it; see {@link defineService}. */
export function implement<Type extends Service>(
  service: Type,
  implementation: Implementation<Type>,
): ImplementedService {
  const methods = new Map<string, (params: never, context: CallContext) => unknown>();
  const receiver: Readonly<Record<string, unknown>> = implementation;
  for (const name of Object.keys(service.methods)) {
    const code = receiver[name];
    if (typeof code !== 'function')
      throw new TypeError(`${service.name}.${name} is not implemented`);
    methods.set(
      name,
      code.bind(implementation) as (params: never, context: CallContext) => unknown,
    );
  }
  return { service, methods };
}

/** The names of a method's parameters in order, where they are known. */
export function parameterNamesOf(declared: AnyMethod): readonly string[] | undefined {
  if (declared.parameterNames !== undefined) return declared.parameterNames;
  const { properties } = toJsonSchema(declared.params, 'input');
  return typeof properties === 'object' && properties !== null
    ? Object.keys(properties)
    : undefined;
}
