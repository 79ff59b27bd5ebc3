import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Dispatcher } from '../../service/index.ts';
import { GuichetError } from '../../errors.ts';
import { accountsTexts } from '../../language/accounts.ts';
import type { ApplicationContext } from '../application.ts';

/** The dispatcher of all services, for one of those who serve it. */
export interface SharedServices {
  readonly dispatcher: Dispatcher;
  /** To be called once by each user; the last one closes what is behind it. */
  release(): Promise<void>;
}

interface Made {
  readonly dispatcher: Dispatcher;
  users: number;
  close(): Promise<void>;
}

/** All endpoints served together share one dispatcher, and so its limits, its threads and the store. */
const madeByScope = new WeakMap<object, Promise<Made>>();

/** The file that is the store unless another is named (XDG Base Directory Specification). */
export function defaultStore(): string {
  const data = process.env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share');
  return join(data, 'guichet', 'guichet.sqlite');
}

/** Where to log in: the first place of the services, unless the system is yet to choose its port. */
function findPlace({ served }: ApplicationContext): string | undefined {
  return served.find(
    ({ application, endpoint }) => application === 'services' && !endpoint.endsWith(':0'),
  )?.endpoint;
}

async function make(context: ApplicationContext): Promise<Made> {
  const { options, language } = context;
  const [{ Dispatcher: Class }, { Evaluator }, { implementCalculator }, stored] = await Promise.all(
    [
      import('../../service/index.ts'),
      import('../calculator/evaluator.ts'),
      import('../calculator/service.ts'),
      import('./stored.ts'),
    ],
  );
  const report = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error);
    context.report(
      error instanceof GuichetError ? error : new GuichetError('INTERNAL_ERROR', text),
    );
  };
  const services = await stored.openStoredServices(context.store ?? defaultStore(), {
    onError: report,
    onFirstAccount(name, password, place) {
      const login = findPlace(context);
      context.tell(accountsTexts[language].firstAccount(name, password, place, login));
    },
  });
  const { precision, 'max-calls': maxCalls } = options;
  const evaluator = new Evaluator(precision === undefined ? {} : { precision });
  const dispatcher = new Class([implementCalculator(evaluator), ...services.services], {
    interceptors: [services.interceptor],
    scopeOf: services.scopeOf,
    ...(maxCalls !== undefined && { maxCalls }),
  });
  const close = async (): Promise<void> => {
    await evaluator[Symbol.asyncDispose]();
    await services[Symbol.asyncDispose]();
  };
  return { dispatcher, users: 0, close };
}

/**
 * The services that are served together with `context.scope`, made for the first who asks.
 * @throws {StoreError} when the store cannot be opened.
 */
export async function shareServices(context: ApplicationContext): Promise<SharedServices> {
  let promise = madeByScope.get(context.scope);
  if (promise === undefined) {
    promise = make(context);
    madeByScope.set(context.scope, promise);
    // What could not be opened may be tried again.
    promise.catch(() => madeByScope.delete(context.scope));
  }
  const made = await promise;
  made.users++;
  return {
    dispatcher: made.dispatcher,
    async release() {
      if (--made.users > 0) return;
      madeByScope.delete(context.scope);
      await made.close();
    },
  };
}
