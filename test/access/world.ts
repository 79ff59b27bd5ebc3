import { openStoredServices } from '../../src/applications/services/stored.ts';
import type { StoredParts } from '../../src/applications/services/stored.ts';
import { Channel, Dispatcher, serveServices } from '../../src/service/index.ts';
import type { Account, Role } from '../../src/session/index.ts';

/** The password of everybody here. */
export const password = 'correct horse battery';

/** Those who speak: a `second` one of each role owns what is foreign to the first. */
const people = [
  ['root', 'administrator'],
  ['ada', 'teacher'],
  ['grace', 'teacher'],
  ['zoe', 'student'],
  ['max', 'student'],
  ['target', 'student'],
] as const satisfies readonly (readonly [string, Role])[];

/** The name of somebody in the world. */
export type Person = (typeof people)[number][0];

/** Who speaks first for each role, and to whom belongs what is foreign to them. */
export const speakers: Readonly<Record<Role, { readonly self: Person; readonly other: Person }>> = {
  administrator: { self: 'root', other: 'ada' },
  teacher: { self: 'ada', other: 'grace' },
  student: { self: 'zoe', other: 'max' },
};

/** Services on a store, with people, a client and a clock that stands still until it is moved. */
export interface World extends AsyncDisposable {
  readonly parts: StoredParts;
  readonly dispatcher: Dispatcher;
  readonly endpoint: string;
  readonly accounts: Readonly<Record<Person, Account>>;
  /** A connection that no session belongs to. */
  readonly channel: Channel;
  /** Milliseconds since 1970; change it to move the clock. */
  clock: number;
  /** Opens a session for somebody, without a password: its token and identifier. */
  open(person: Person): Promise<{ readonly token: string; readonly session: string }>;
}

/** Makes a world on a store. */
export async function makeWorld(place: string): Promise<World> {
  const time = { now: Date.UTC(2027, 0, 15, 9) };
  const stored = await openStoredServices(place, { session: { now: () => time.now } });
  const { store, keeper } = stored.parts;
  const passwordHash = await keeper.hasher.hash(password);
  const rows = people.map(([name, role]) => ({ id: `id-${name}`, name, role }));
  await store.write((query) =>
    query
      .insertInto('accounts')
      .values(
        rows.map((row) =>
          Object.assign(row, {
            passwordHash,
            hasInitialPassword: 0,
            isDisabled: 0,
            createdAt: time.now,
          }),
        ),
      )
      .execute(),
  );
  const accounts = Object.fromEntries(
    rows.map(({ id, name, role }) => [
      name,
      { id, name, role, passwordHash, hasInitialPassword: false, isDisabled: false },
    ]),
  ) as Record<Person, Account>;
  const dispatcher = new Dispatcher(stored.services, {
    interceptors: [stored.interceptor],
    scopeOf: stored.scopeOf,
  });
  const listener = await serveServices('json+tcp://127.0.0.1:0', dispatcher);
  const { transport } = listener.endpoint;
  const port = transport.transport === 'tcp' ? transport.port : 0;
  const endpoint = `json+tcp://127.0.0.1:${port}`;
  const channel = await Channel.open(endpoint, { pingInterval: 0 });
  return {
    parts: stored.parts,
    dispatcher,
    endpoint,
    accounts,
    channel,
    get clock() {
      return time.now;
    },
    set clock(now: number) {
      time.now = now;
    },
    async open(person) {
      const { token, identity } = await keeper.open(accounts[person], '192.0.2.1');
      return { token, session: identity.session };
    },
    async [Symbol.asyncDispose]() {
      await channel.close();
      await listener.close(0);
      await stored[Symbol.asyncDispose]();
    },
  };
}
