import type { AccessTable } from '../session/index.ts';
import { ownAccount, ownSession } from './accounts/conditions.ts';
import type { AccessResources } from './accounts/conditions.ts';
import { gradebookAccess } from './gradebook/access.ts';

const everyone = { administrator: 'always', teacher: 'always', student: 'always' } as const;
const administrators = { administrator: 'always' } as const;

/**
 * Who may call what. A method that is not here is called by nobody; a role that is not in a row does not
 * call that method. `rpc.*`, which the protocol answers by itself, is open to all.
 */
export const accessTable: AccessTable<AccessResources> = {
  'calculator.*': 'anyone',
  'echo.*': 'anyone',

  'session.open': 'anyone',
  'session.close': everyone,
  'session.whoami': everyone,
  'session.list': { administrator: 'always', teacher: ownAccount, student: ownAccount },
  'session.revoke': { administrator: 'always', teacher: ownSession, student: ownSession },
  'session.changePassword': everyone,

  'accounts.create': administrators,
  'accounts.list': administrators,
  'accounts.setRole': administrators,
  'accounts.resetPassword': administrators,
  'accounts.disable': administrators,
  'accounts.enable': administrators,
  'accounts.audit': administrators,

  ...gradebookAccess,
};
