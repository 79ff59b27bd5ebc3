import {
  gradebook,
  gradebookMigrations,
  implementGradebook,
} from '../../src/applications/gradebook/index.ts';
import type {
  GradebookOptions,
  GradebookTables,
  Role,
} from '../../src/applications/gradebook/index.ts';
import { channelOf, connect, serveServices } from '../../src/service/index.ts';
import type { CallContext, Client, OutgoingOptions } from '../../src/service/index.ts';
import type { Store } from '../../src/store/index.ts';
import type { StoreTest } from './stores.ts';

export type Gradebook = Client<typeof gradebook>;

/** Whoever says to be `teacher:ada` is the teacher ada: for tests of what comes after sessions. */
function identify({ session = 'administrator:root' }: CallContext): {
  account: string;
  role: Role;
} {
  const [role = '', account = ''] = session.split(':');
  return { role: role as Role, account };
}

/** A client that makes every call in somebody's name. */
function speakAs(client: Gradebook, session: string): Gradebook {
  return new Proxy(client, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function' || typeof name !== 'string') return method;
      const call = method as (params?: unknown, options?: OutgoingOptions) => unknown;
      return (params?: unknown, options: OutgoingOptions = {}) =>
        call(params, { session, ...options });
    },
  });
}

/** A gradebook that is served, without sessions. */
export interface ServedGradebook extends AsyncDisposable {
  readonly store: Store<GradebookTables>;
  readonly endpoint: string;
  /** What the administrator calls. */
  readonly book: Gradebook;
  /** The same in the name of another: `teacher:ada`. */
  as(session: string): Gradebook;
}

/** Serves a gradebook on a new store. */
export async function serveGradebook(test: StoreTest): Promise<ServedGradebook> {
  const store = await test.open<GradebookTables>(gradebookMigrations);
  return serveStore(store);
}

/** Serves the gradebook of a store. */
export async function serveStore(
  store: Store<GradebookTables>,
  options: GradebookOptions = {},
): Promise<ServedGradebook> {
  await using stack = new AsyncDisposableStack();
  const errors: unknown[] = [];
  const server = stack.use(
    await serveServices(
      'json+tcp://127.0.0.1:0',
      [await implementGradebook(store, identify, options)],
      {
        onInternalError: (error) => errors.push(error),
        maxFrameBytes: 16_777_216,
      },
    ),
  );
  stack.defer(() => {
    if (errors.length > 0) throw new AggregateError(errors, 'implementations failed');
  });
  const client = stack.use(
    await connect(server.endpoint, gradebook, { maxFrameBytes: 16_777_216 }),
  );
  const parts = stack.move();
  const { transport } = server.endpoint;
  const port = transport.transport === 'tcp' ? transport.port : 0;
  return {
    store,
    endpoint: `json+tcp://127.0.0.1:${port}`,
    book: client,
    as: (session) => speakAs(client, session),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

export { channelOf };
