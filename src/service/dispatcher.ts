import { setImmediate } from 'node:timers/promises';
import type { CallContext, CallerHandle } from './context.ts';
import type { AnyMethod, ImplementedService } from './define.ts';
import { parameterNamesOf } from './define.ts';
import { describeServices } from './describe.ts';
import { CallError } from './errors.ts';
import { IdempotencyMemory } from './idempotency.ts';
import { IncomingCall } from './incoming.ts';
import { checkResult } from './lasting.ts';
import { validate } from './schema.ts';
import type { CallMeta, RequestId } from './wire.ts';

/** A call as interceptors see it: its parameters as they came, not yet validated. */
export interface InterceptedCall {
  readonly params: unknown;
  readonly context: CallContext;
  /** The method's declaration. */
  readonly declared: AnyMethod;
}

/** Carries a call out: the result, at once or later. */
export type CallHandler = (call: InterceptedCall) => unknown;

/**
 * Stands around every call: it may look, refuse by throwing a {@link CallError}, or change what is passed
 * on. Given once the next handler, it returns its own.
 */
export type Interceptor = (next: CallHandler) => CallHandler;

export interface DispatcherOptions {
  /** The outermost first. */
  readonly interceptors?: readonly Interceptor[];
  /** Calls in flight of one connection; one more is answered `OVERLOADED` at once. Default 1,024. */
  readonly maxCallsPerConnection?: number;
  /** Calls in flight of all connections. Default 16,384. */
  readonly maxCalls?: number;
  /** Bytes of the messages of one connection's calls in flight. Default 16 MiB. */
  readonly maxBytesPerConnection?: number;
  /** Bytes of the messages of all calls in flight. Default 256 MiB. */
  readonly maxBytes?: number;
  /** The longest time a call is given, in milliseconds, whatever it asks for. Default 300,000. */
  readonly maxDeadline?: number;
  /** The time a call is given that asks for none. Default 30,000. */
  readonly deadline?: number;
  /** Items of a stream that a caller who cannot take a stream is given in one answer. Default 10,000. */
  readonly maxCollectedItems?: number;
  /** Messages in one batch. Default 1,000. */
  readonly maxBatch?: number;
  /** Answers kept for idempotency keys, and for how many milliseconds. Default 10,000 and 600,000. */
  readonly maxIdempotencyKeys?: number;
  readonly idempotencyTime?: number;
  /** Bytes of those answers, and of what was asked, about. Default 64 MiB. */
  readonly maxIdempotencyBytes?: number;
  /**
   * Whose the idempotency key of a call is: two that are told apart here may choose the same. Default: the
   * session's, as the message carries it.
   */
  readonly scopeOf?: (context: CallContext) => string | undefined;
  /** Told what an implementation threw that its caller learns nothing of. Default: nobody. */
  readonly onInternalError?: (error: unknown, method: string) => void;
}

/** The finite defaults of {@link DispatcherOptions}. */
export const dispatcherDefaults = {
  maxCallsPerConnection: 1_024,
  maxCalls: 16_384,
  maxBytesPerConnection: 16_777_216,
  maxBytes: 268_435_456,
  maxDeadline: 300_000,
  deadline: 30_000,
  maxCollectedItems: 10_000,
  maxBatch: 1_000,
  maxIdempotencyKeys: 10_000,
  idempotencyTime: 600_000,
  maxIdempotencyBytes: 67_108_864,
} as const;

interface BoundMethod {
  readonly name: string;
  readonly declared: AnyMethod;
  readonly parameterNames: readonly string[] | undefined;
  readonly handle: CallHandler;
  /** Made once: whoever floods the server is refused at little cost. */
  readonly overloaded: CallError;
}

/** Sends an item of a stream; the promise, if any, is of the time when the next may follow. */
export type SendItem = (id: RequestId, item: unknown) => Promise<void> | undefined;

/** So many items of a stream follow one another until the event loop has its turn. */
const itemsPerTurn = 64;

/** The calls of one connection that are in flight. */
export class InFlight {
  calls = 0;
  bytes = 0;
}

/**
 * Finds the method of each call and carries it out within the limits. It knows nothing of connections
 * but what they have in flight, so that all transports and encodings share one.
 */
export class Dispatcher {
  readonly services: readonly ImplementedService[];
  readonly limits: Readonly<Record<keyof typeof dispatcherDefaults, number>>;
  readonly #methods = new Map<string, BoundMethod>();
  readonly #all = new InFlight();
  readonly #memory: IdempotencyMemory;
  readonly #scopeOf: (context: CallContext) => string | undefined;
  readonly #onInternalError: ((error: unknown, method: string) => void) | undefined;
  #description: unknown;
  #lastTurn: Promise<void> = Promise.resolve();

  constructor(services: readonly ImplementedService[], options: DispatcherOptions = {}) {
    const { interceptors = [], onInternalError, scopeOf, ...limits } = options;
    this.#scopeOf = scopeOf ?? ((context) => context.session);
    this.services = services;
    this.limits = { ...dispatcherDefaults, ...limits };
    this.#memory = new IdempotencyMemory(
      this.limits.maxIdempotencyKeys,
      this.limits.idempotencyTime,
      this.limits.maxIdempotencyBytes,
    );
    this.#onInternalError = onInternalError;
    for (const { service, methods } of services) {
      for (const [name, code] of methods) {
        const declared = service.methods[name];
        const full = `${service.name}.${name}`;
        if (declared === undefined) continue;
        if (this.#methods.has(full)) throw new TypeError(`${full} is implemented twice`);
        const handle = interceptors.reduceRight<CallHandler>(
          (next, interceptor) => interceptor(next),
          // Innermost: whoever repeats a call is asked anew whether they may make it.
          this.#remember(
            carryOut(full, declared, code as (params: unknown, context: CallContext) => unknown),
          ),
        );
        const parameterNames = parameterNamesOf(declared);
        const overloaded = new CallError('OVERLOADED', `${full}: too many calls are in flight`);
        this.#methods.set(full, { name: full, declared, parameterNames, overloaded, handle });
      }
    }
  }

  /** Calls in flight now. */
  get calls(): number {
    return this.#all.calls;
  }

  /** The OpenRPC document of all services. */
  describe(): unknown {
    this.#description ??= describeServices(this.services.map(({ service }) => service));
    return this.#description;
  }

  /** Resolves once the event loop has been round for each of those that asked before. */
  awaitTurn(): Promise<void> {
    this.#lastTurn = this.#lastTurn.then(() => setImmediate());
    return this.#lastTurn;
  }

  /**
   * Carries one call out. The answer comes through `answer`, once: at once where the work is done at
   * once, else later.
   *
   * @param waited milliseconds since it came.
   * @returns the call while it goes on, `undefined` when it is over.
   */
  dispatch(
    caller: CallerHandle,
    inFlight: InFlight,
    id: RequestId | undefined,
    methodName: string,
    params: unknown,
    meta: CallMeta | undefined,
    length: number,
    waited: number,
    answer: (result: unknown, error: CallError | undefined) => void,
    sendItem: SendItem | undefined,
  ): IncomingCall | undefined {
    const { limits } = this;
    const all = this.#all;
    const bound = this.#methods.get(methodName);
    if (bound === undefined) {
      answer(undefined, unknownMethod(methodName, this.#methods.keys()));
      return undefined;
    }
    if (
      inFlight.calls >= limits.maxCallsPerConnection ||
      all.calls >= limits.maxCalls ||
      inFlight.bytes + length > limits.maxBytesPerConnection ||
      all.bytes + length > limits.maxBytes
    ) {
      answer(undefined, bound.overloaded);
      return undefined;
    }
    const deadline = Math.min(meta?.deadline ?? limits.deadline, limits.maxDeadline) - waited;
    if (deadline <= 0) {
      answer(
        undefined,
        new CallError('DEADLINE_EXCEEDED', `${bound.name}: no time was left to do it`),
      );
      return undefined;
    }
    const call = new IncomingCall(bound.name, caller, id, meta, length, deadline, answer);
    let result: unknown;
    try {
      const named = Array.isArray(params) ? nameParameters(bound, params) : (params ?? {});
      result = bound.handle({ params: named, context: call, declared: bound.declared });
    } catch (error) {
      this.#fail(call, error);
      return undefined;
    }
    if (bound.declared.item === undefined && !(result instanceof Promise)) {
      call.succeed(result);
      return undefined;
    }
    inFlight.calls++;
    inFlight.bytes += length;
    all.calls++;
    all.bytes += length;
    call.watchDeadline();
    const work =
      bound.declared.item === undefined
        ? (result as Promise<unknown>)
        : this.#stream(call, bound.declared.item, result, sendItem);
    work
      .then(
        (value) => call.succeed(value),
        (error: unknown) => this.#fail(call, error),
      )
      .finally(() => {
        inFlight.calls--;
        inFlight.bytes -= length;
        all.calls--;
        all.bytes -= length;
      });
    return call;
  }

  /** Gives a call with an idempotency key that was carried out before its answer from then. */
  #remember(handle: CallHandler): CallHandler {
    return (call) => {
      const { context, params } = call;
      const { idempotencyKey, method } = context;
      if (idempotencyKey === undefined) return handle(call);
      const scope = this.#scopeOf(context);
      return this.#memory.once(idempotencyKey, scope, method, params, () => handle(call));
    };
  }

  #fail(call: IncomingCall, thrown: unknown): void {
    const error = CallError.from(thrown);
    if (error.code === 'INTERNAL_ERROR') this.#onInternalError?.(thrown, call.method);
    call.fail(error);
  }

  /** Hands the items of a stream over as the caller takes them, or all in one answer. */
  async #stream(
    call: IncomingCall,
    schema: NonNullable<AnyMethod['item']>,
    started: unknown,
    sendItem: SendItem | undefined,
  ): Promise<unknown> {
    const source = (await started) as AsyncIterable<unknown> | Iterable<unknown>;
    const collected: unknown[] = [];
    let count = 0;
    for await (const item of source) {
      if (call.isOver) return undefined;
      const checked = await validate(schema, item, 'INVALID_RESULT', call.method);
      count++;
      // A source that has its items ready never lets go of the event loop by itself.
      if (count % itemsPerTurn === 0) await setImmediate();
      if (!call.isStreaming || sendItem === undefined || call.id === undefined) {
        if (count > this.limits.maxCollectedItems) {
          throw new CallError(
            'ANSWER_TOO_LONG',
            `more than ${this.limits.maxCollectedItems} items; ask for a stream with meta.window`,
            { data: { limit: this.limits.maxCollectedItems, advice: 'items' } },
          );
        }
        collected.push(checked);
        continue;
      }
      await call.waitForWindow();
      if (call.isOver) return undefined;
      call.window--;
      await sendItem(call.id, checked);
    }
    return call.isStreaming && sendItem !== undefined ? { items: count } : collected;
  }
}

/** The innermost handler: validates, runs the implementation, validates what it gives. */
function carryOut(
  name: string,
  declared: AnyMethod,
  code: (params: unknown, context: CallContext) => unknown,
): CallHandler {
  const { params: paramsSchema, result: resultSchema } = declared;
  const finish = (result: unknown): unknown =>
    resultSchema === undefined ? result : checkResult(resultSchema, result, name);
  const run = (params: unknown, context: CallContext): unknown => {
    const result = code(params, context);
    return result instanceof Promise ? result.then(finish) : finish(result);
  };
  return ({ params, context }) => {
    const checked = validate(paramsSchema, params, 'INVALID_PARAMS', name);
    return checked instanceof Promise
      ? checked.then((value) => run(value, context))
      : run(checked, context);
  };
}

/** Parameters by position (JSON-RPC 2.0, section 4.2) as the object the schema checks. */
function nameParameters(bound: BoundMethod, params: readonly unknown[]): unknown {
  const names = bound.parameterNames;
  if (names === undefined) return params;
  if (params.length > names.length) {
    throw new CallError(
      'INVALID_PARAMS',
      `${bound.name}: takes ${names.length} ${names.length === 1 ? 'parameter' : 'parameters'} (${names.join(', ')}), not ${params.length}`,
      { data: { path: `[${names.length}]` } },
    );
  }
  return Object.fromEntries(params.map((value, index) => [names[index] ?? '', value]));
}

/** Methods that the error of an unknown one names at most. */
const mostNamed = 8;

function unknownMethod(name: string, known: Iterable<string>): CallError {
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  const service = name.split('.', 1)[0] ?? '';
  const names = [...known];
  const siblings = names.filter((other) => other.startsWith(`${service}.`));
  // Whoever leaves the service out, or takes another one, means this.
  const last = name.slice(name.lastIndexOf('.') + 1);
  const namesakes = names.filter((other) => other.endsWith(`.${last}`));
  const near = namesakes.length > 0 ? namesakes : siblings;
  const more = near.length > mostNamed ? ', …' : '';
  const hint =
    near.length === 0
      ? 'rpc.discover lists them'
      : `known: ${near.slice(0, mostNamed).join(', ')}${more}`;
  return new CallError('METHOD_NOT_FOUND', `no method "${shown}"; ${hint}`, {
    data: { method: shown },
  });
}
