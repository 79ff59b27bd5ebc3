import type { Role } from '../../src/session/index.ts';
import { password, speakers } from './world.ts';
import type { Person, World } from './world.ts';

/** What a role may do: with what is its own, with what is somebody else's. */
interface Cell {
  readonly own: boolean;
  readonly foreign: boolean;
}

/** How a method is called in a test of who may call it. */
export interface AccessCase {
  readonly method: string;
  /** The parameters, about what belongs to a person; made anew for each call. */
  readonly params: (world: World, owner: Person) => unknown;
  /** Written out by hand: the table of the program is held against it. */
  readonly allowed: Readonly<Record<Role, Cell>>;
}

const always = { own: true, foreign: true } as const;
const never = { own: false, foreign: false } as const;
const own = { own: true, foreign: false } as const;

const everyone = { administrator: always, teacher: always, student: always } as const;
const administrators = { administrator: always, teacher: never, student: never } as const;
const ownOnly = { administrator: always, teacher: own, student: own } as const;

let made = 0;

/** Every method that needs a session. */
export const accessCases: readonly AccessCase[] = [
  { method: 'session.whoami', params: () => ({}), allowed: everyone },
  { method: 'session.close', params: () => ({}), allowed: everyone },
  {
    method: 'session.list',
    params: (_, owner) => ({ account: owner }),
    allowed: ownOnly,
  },
  {
    method: 'session.revoke',
    params: async (world, owner) => ({ session: (await world.open(owner)).session }),
    allowed: ownOnly,
  },
  {
    method: 'session.changePassword',
    params: () => ({ currentPassword: password, newPassword: password }),
    allowed: everyone,
  },
  {
    method: 'accounts.create',
    params: () => ({ name: `new-${++made}`, role: 'student', password }),
    allowed: administrators,
  },
  { method: 'accounts.list', params: () => ({}), allowed: administrators },
  {
    method: 'accounts.setRole',
    params: () => ({ name: 'target', role: 'teacher' }),
    allowed: administrators,
  },
  {
    method: 'accounts.resetPassword',
    params: () => ({ name: 'target', password }),
    allowed: administrators,
  },
  { method: 'accounts.disable', params: () => ({ name: 'target' }), allowed: administrators },
  { method: 'accounts.enable', params: () => ({ name: 'target' }), allowed: administrators },
  { method: 'accounts.audit', params: () => ({}), allowed: administrators },
];

/** To whom belongs what a role is asked about. */
export function ownerOf(role: Role, whose: keyof Cell): Person {
  return whose === 'own' ? speakers[role].self : speakers[role].other;
}
