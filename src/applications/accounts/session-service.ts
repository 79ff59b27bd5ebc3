import { z } from 'zod';
import { defineService, method } from '../../service/index.ts';
import { passwordBounds, roles } from '../../session/index.ts';

/** A moment as callers read it. */
const moment = z.iso.datetime().describe('ISO 8601, in UTC.');
const role = z.enum(roles);
const name = z.string().min(1).max(128).describe("The account's name; capitals do not matter.");
const password = z.string().min(1).max(1_024);
const newPassword = z
  .string()
  .max(1_024)
  .describe(
    `At least ${passwordBounds.min} characters, at most ${passwordBounds.max} bytes, not the account's name.`,
  );

const speaker = {
  account: z.string().describe("The account's identifier."),
  name: z.string(),
  role,
  session: z.string().describe("The session's identifier, which lists and revokes it."),
  openedAt: moment,
  expiresAt: moment.describe('When it ends however busy it is; ISO 8601, in UTC.'),
  idleTime: z.number().describe('Milliseconds without a call after which it ends.'),
  hasInitialPassword: z
    .boolean()
    .describe('Whether the password is still one that somebody else chose: change it.'),
};

const opened = z.object({
  token: z
    .string()
    .describe(
      'Speaks for the session: put it in `meta.session` of calls made elsewhere, over datagrams or HTTP. Told this once.',
    ),
  ...speaker,
});

/** Sessions as a service: to log in, to see who one is, to end sessions. */
export const session = defineService(
  'session',
  {
    open: method({
      summary: 'Logs in; needs no session.',
      description:
        'The session belongs to this connection from now on, in place of one it had; its token opens it ' +
        'elsewhere. A wrong name and a wrong password are the same error, UNAUTHENTICATED with `reason` ' +
        'LOGIN_REFUSED; after several, `retryAfter` says for how many milliseconds none is heard.',
      params: z.object({ name, password }),
      result: opened,
      examples: [{ params: { name: 'ada', password: 'correct horse battery' } }],
    }),
    close: method({
      summary: 'Logs out: ends the session of this call.',
      params: z.object({}),
      result: z.object({ closed: z.boolean() }),
      isIdempotent: true,
    }),
    whoami: method({
      summary: 'Tells whose session this is, and until when.',
      params: z.object({}),
      result: z.object(speaker),
      isIdempotent: true,
    }),
    list: method({
      summary: 'Lists the sessions of an account, the last used first.',
      description: 'One’s own; an administrator may name another account.',
      params: z.object({ account: name.optional() }),
      result: z.array(
        z.object({
          session: z.string(),
          openedAt: moment,
          lastUsedAt: moment,
          expiresAt: moment,
          address: z.string().describe('From where it was opened.'),
          isCurrent: z.boolean(),
        }),
      ),
      isIdempotent: true,
    }),
    revoke: method({
      summary: 'Ends a session, wherever it is used.',
      description: 'One of one’s own; an administrator may end any.',
      params: z.object({ session: z.string().min(1).max(64) }),
      result: z.object({ revoked: z.boolean().describe('False when it was over already.') }),
      isIdempotent: true,
    }),
    changePassword: method({
      summary: 'Changes one’s own password, ends all one’s sessions, and opens a new one.',
      params: z.object({ currentPassword: password, newPassword }),
      result: opened,
    }),
  },
  'Who is speaking: sessions are opened by a name and a password.',
);

const account = z.object({
  account: z.string().describe('Its identifier.'),
  name: z.string(),
  role,
  isDisabled: z.boolean(),
  hasInitialPassword: z.boolean(),
  createdAt: moment,
});

const withPassword = account.extend({
  password: z.string().optional().describe('The one that was made. Told this once: hand it over.'),
});

/** The administration of accounts as a service. */
export const accounts = defineService(
  'accounts',
  {
    create: method({
      summary: 'Makes an account.',
      description:
        'Without a password one is made, and told in the answer. A name that is taken is CONFLICT.',
      params: z.object({
        name: z
          .string()
          .min(1)
          .max(128)
          .regex(
            /^[\p{L}\p{N}][\p{L}\p{N} ._@+'-]*$/u,
            "an account's name has letters, digits, spaces and . _ @ + ' - and begins with a letter or digit",
          )
          .describe('Letters, digits and . _ @ + - ’ inside; as ada or ada@example.org.'),
        role,
        password: newPassword.optional(),
      }),
      result: withPassword,
      examples: [{ params: { name: 'ada', role: 'teacher' } }],
    }),
    list: method({
      summary: 'Lists accounts by name, a page at a time.',
      params: z.object({
        after: name.optional().describe('The last name of the page before.'),
        limit: z.int().min(1).max(1_000).default(100),
      }),
      result: z.object({
        accounts: z.array(account),
        next: z.string().optional().describe('Give it as `after` for the next page.'),
      }),
      isIdempotent: true,
    }),
    setRole: method({
      summary: 'Gives an account another role, and ends its sessions.',
      params: z.object({ name, role }),
      result: account,
      isIdempotent: true,
    }),
    resetPassword: method({
      summary: 'Gives an account a new password, and ends its sessions.',
      params: z.object({ name, password: newPassword.optional() }),
      result: withPassword,
    }),
    disable: method({
      summary: 'Lets nobody log in to an account any more, and ends its sessions.',
      params: z.object({ name }),
      result: account,
      isIdempotent: true,
    }),
    enable: method({
      summary: 'Lets an account that was disabled log in again.',
      params: z.object({ name }),
      result: account,
      isIdempotent: true,
    }),
    audit: method({
      summary: 'Tells who did what, when, from where, and how it ended; the latest first.',
      params: z.object({
        account: name.optional().describe('Only what this account did.'),
        since: moment.optional(),
        before: z.string().max(64).optional().describe('The last entry of the page before.'),
        limit: z.int().min(1).max(1_000).default(100),
      }),
      result: z.object({
        entries: z.array(
          z.object({
            entry: z.string(),
            at: moment,
            account: z.string().nullable().describe('Who; null for nobody known.'),
            name: z.string().nullable(),
            session: z.string().nullable(),
            method: z.string(),
            subject: z.string().nullable().describe('Whom or what it was about.'),
            address: z.string().describe('From where.'),
            outcome: z.string().describe('`done`, or the code of what came instead.'),
          }),
        ),
        next: z.string().optional().describe('Give it as `before` for the next page.'),
      }),
      isIdempotent: true,
    }),
  },
  'Who may log in, as what; for administrators.',
);
