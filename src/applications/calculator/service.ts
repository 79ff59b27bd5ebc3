import { z } from 'zod';
import { CallError, defineService, implement, method } from '../../service/index.ts';
import type { CallContext, ImplementedService } from '../../service/index.ts';
import { CalculatorError } from './errors.ts';
import { CalculatorSession } from './evaluator.ts';
import type { Evaluator } from './evaluator.ts';

/** The calculator as a service: declared once, for servers and clients. */
export const calculator = defineService(
  'calculator',
  {
    evaluate: method({
      summary: 'Evaluates one expression, or assigns one to a variable of the connection.',
      description:
        'Decimal arithmetic, 34 significant digits unless the server says otherwise. `ans` is the ' +
        "connection's last result, `x = 3` makes a variable of the connection. An expression that has " +
        'no result gives the error FAILED, whose data has `reason` (a code), `column` and `details`.',
      params: z.object({
        expression: z.string().max(4096).describe('Such as 0.1+0.2, sqrt(2)*3 or x = 3.'),
      }),
      result: z.string(),
      examples: [{ params: { expression: '0.1+0.2' }, result: '0.3' }],
    }),
  },
  'Decimal arithmetic as people expect it.',
);

/** What a calculator's error is to a caller: enough to say it in the caller's language. */
export function toCallError(error: CalculatorError): CallError {
  return new CallError('FAILED', error.message, {
    cause: error,
    data: { reason: error.code, column: error.column, details: error.details },
  });
}

function sessionOf(context: CallContext): CalculatorSession {
  const { memory } = context.caller;
  const known = memory.get(calculator);
  if (known instanceof CalculatorSession) return known;
  const session = new CalculatorSession();
  memory.set(calculator, session);
  return session;
}

/** How many places are told apart of those that ask by HTTP and the like. */
const maxPlaces = 4_096;

/**
 * Who takes turns with others: each place that calls come from. The requests of HTTP are callers of their own,
 * though one client can send a thousand over its connection.
 */
class Places {
  readonly #owners = new Map<string, object>();

  ownerOf({ caller }: CallContext): object | undefined {
    const known = caller.memory.get(this);
    if (typeof known === 'object' && known !== null) return known;
    const { host, port } = caller.remote;
    // Unix sockets and memory have no ports that tell who calls.
    if (port === 0) return undefined;
    const owner = this.#find(host, port);
    caller.memory.set(this, owner);
    return owner;
  }

  #find(host: string, port: number): object {
    const place = `${host} ${port}`;
    const owner = this.#owners.get(place) ?? {};
    this.#owners.delete(place);
    this.#owners.set(place, owner);
    const [oldest] = this.#owners.keys();
    if (this.#owners.size > maxPlaces && oldest !== undefined) this.#owners.delete(oldest);
    return owner;
  }
}

/** The calculator carried out by an evaluator, each connection with variables of its own. */
export function implementCalculator(evaluator: Evaluator): ImplementedService {
  const places = new Places();
  return implement(calculator, {
    async evaluate({ expression }, context) {
      const { remaining: deadline, signal } = context;
      const owner = places.ownerOf(context);
      const options = { deadline, signal, ...(owner !== undefined && { owner }) };
      try {
        return await evaluator.evaluate(expression, sessionOf(context), options);
      } catch (error) {
        throw error instanceof CalculatorError ? toCallError(error) : error;
      }
    },
  });
}
