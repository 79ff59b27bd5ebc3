import type { AnyMethod, Service } from './define.ts';
import { errorTable } from './errors.ts';
import { toJsonSchema } from './schema.ts';

/** A method in an OpenRPC document (spec.open-rpc.org, 1.3.2). */
export interface OpenRpcMethod {
  readonly name: string;
  readonly summary?: string;
  readonly description?: string;
  readonly paramStructure: 'either';
  readonly params: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly description?: string;
    readonly schema: unknown;
  }[];
  readonly result: { readonly name: string; readonly schema: unknown };
  readonly examples?: readonly OpenRpcExample[];
  /** Whether the result is a stream of such items, for callers that send `meta.window`. */
  readonly 'x-stream'?: boolean;
  readonly 'x-idempotent'?: boolean;
}

/** One example of a call: what is given, and what comes of it. */
export interface OpenRpcExample {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly value: unknown }[];
  readonly result?: { readonly name: string; readonly value: unknown };
}

/** An OpenRPC document. */
export interface OpenRpcDocument {
  readonly openrpc: '1.3.2';
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description?: string;
  };
  readonly methods: readonly OpenRpcMethod[];
  readonly components: { readonly errors: Readonly<Record<string, unknown>> };
}

type Parameters = OpenRpcMethod['params'][number][];

function describeParameters(declared: AnyMethod): Parameters {
  const schema = toJsonSchema(declared.params, 'input');
  const properties = (schema['properties'] ?? {}) as Readonly<
    Record<string, { description?: string }>
  >;
  const required = new Set((schema['required'] ?? []) as readonly string[]);
  const described: Parameters = [];
  for (const [name, shape] of Object.entries(properties)) {
    const { description } = shape;
    described.push({
      name,
      required: required.has(name),
      ...(description !== undefined && { description }),
      schema: shape,
    });
  }
  return described;
}

function describeExamples(examples: NonNullable<AnyMethod['examples']>): OpenRpcExample[] {
  const described: OpenRpcExample[] = [];
  for (const [index, { params, result }] of examples.entries()) {
    const named = Object.entries(params ?? {}).map(([name, value]) => ({ name, value }));
    described.push({
      name: `example ${index + 1}`,
      params: named,
      ...(result !== undefined && { result: { name: 'result', value: result } }),
    });
  }
  return described;
}

function describeMethod(service: Service, name: string, declared: AnyMethod): OpenRpcMethod {
  const { summary, description, examples, item } = declared;
  return {
    name: `${service.name}.${name}`,
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    paramStructure: 'either',
    params: describeParameters(declared),
    result:
      item === undefined
        ? { name: 'result', schema: toJsonSchema(declared.result, 'output') }
        : { name: 'items', schema: { type: 'array', items: toJsonSchema(item, 'output') } },
    ...(examples !== undefined && { examples: describeExamples(examples) }),
    ...(item !== undefined && { 'x-stream': true }),
    ...(declared.isIdempotent === true && { 'x-idempotent': true }),
  };
}

/** The OpenRPC document of some services, which `rpc.discover` answers. */
export function describeServices(services: readonly Service[]): OpenRpcDocument {
  return {
    openrpc: '1.3.2',
    info: { title: services.map(({ name }) => name).join(', ') || 'no services', version: '1' },
    methods: services.flatMap((service) =>
      Object.entries(service.methods).map(([name, declared]) =>
        describeMethod(service, name, declared),
      ),
    ),
    components: {
      errors: Object.fromEntries(
        Object.entries(errorTable).map(([code, { rpc, text }]) => [
          code,
          { code: rpc, message: text, data: { code } },
        ]),
      ),
    },
  };
}
