import type { AnyMethod, Service } from './define.ts';
import { validate } from './schema.ts';

/** One method of a service as those who call it need it: what every call has in common is made once. */
export class DeclaredMethod {
  /** With its service's: `calculator.evaluate`. */
  readonly name: string;
  readonly isIdempotent: boolean;
  /** Whether its result is a stream. */
  readonly isStream: boolean;
  readonly #declared: AnyMethod;

  constructor(service: Service, name: string, declared: AnyMethod) {
    this.name = `${service.name}.${name}`;
    this.isIdempotent = declared.isIdempotent === true;
    this.isStream = declared.item !== undefined;
    this.#declared = declared;
  }

  /** Validates parameters, at once where the schema can. Throws, or rejects with, a {@link CallError}. */
  checkParams(params: unknown): unknown {
    return validate(this.#declared.params, params ?? {}, 'INVALID_PARAMS', this.name);
  }

  /** What a caller is given of a result: what its schema makes of it, if it has one. */
  readonly checkResult = (result: unknown): unknown => {
    const { result: schema } = this.#declared;
    return schema === undefined ? result : validate(schema, result, 'INVALID_RESULT', this.name);
  };

  /** What a caller is given of an item of a stream. */
  checkItem(item: unknown): unknown {
    const { item: schema } = this.#declared;
    if (schema === undefined) throw new TypeError(`${this.name} gives no stream`);
    return validate(schema, item, 'INVALID_RESULT', this.name);
  }
}
