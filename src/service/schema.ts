import { CallError } from './errors.ts';
import type { CallErrorCode } from './errors.ts';

/** One thing wrong with a value (Standard Schema 1). */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/**
 * Any validator that follows Standard Schema 1 (standardschema.dev): zod 4, Valibot, ArkType and others.
 * One that also gives JSON Schema, as zod 4 does, is described in full by `rpc.discover`.
 */
export interface Schema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: 'draft-07' }) => Record<string, unknown>;
      readonly output: (options: { readonly target: 'draft-07' }) => Record<string, unknown>;
    };
  };
}

/** What a schema takes. */
export type InputOf<Type extends Schema> = NonNullable<Type['~standard']['types']>['input'];
/** What it makes of that. */
export type OutputOf<Type extends Schema> = NonNullable<Type['~standard']['types']>['output'];

/** `.students[3].name`, from the path of an issue. */
function formatPath(path: SchemaIssue['path']): string {
  let text = '';
  for (const step of path ?? []) {
    const key = typeof step === 'object' ? step.key : step;
    text += typeof key === 'number' ? `[${key}]` : `${text === '' ? '' : '.'}${String(key)}`;
  }
  return text;
}

const maxIssues = 10;

function refuse(code: CallErrorCode, method: string, issues: readonly SchemaIssue[]): CallError {
  const listed = issues.slice(0, maxIssues).map((issue) => ({
    path: formatPath(issue.path),
    message: issue.message,
  }));
  const [first] = listed;
  const place = first === undefined || first.path === '' ? '' : `${first.path}: `;
  return new CallError(code, `${method}: ${place}${first?.message ?? 'refused'}`, {
    data: { path: first?.path ?? '', issues: listed },
    details: { method, path: first?.path ?? '', reason: first?.message ?? '' },
  });
}

/**
 * Checks a value, at once where the schema can. Throws, or rejects with, a {@link CallError} of the code
 * given that names the path of the first offence.
 */
export function validate<Output>(
  schema: Schema<unknown, Output>,
  value: unknown,
  code: CallErrorCode,
  method: string,
): Output | Promise<Output> {
  const result = schema['~standard'].validate(value);
  if (!(result instanceof Promise)) {
    if (result.issues !== undefined) throw refuse(code, method, result.issues);
    return result.value;
  }
  return result.then((settled) => {
    if (settled.issues !== undefined) throw refuse(code, method, settled.issues);
    return settled.value;
  });
}

/** The JSON Schema of what a schema takes or makes; anything, where it does not tell. */
export function toJsonSchema(schema: Schema, side: 'input' | 'output'): Record<string, unknown> {
  const converter = schema['~standard'].jsonSchema;
  if (converter === undefined) return {};
  try {
    const { $schema: _, ...rest } = converter[side]({ target: 'draft-07' });
    return rest;
  } catch {
    // A schema may hold what JSON Schema cannot say, such as a function of its own.
    return {};
  }
}
