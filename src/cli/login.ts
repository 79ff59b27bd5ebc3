import { session } from '../applications/accounts/session-service.ts';
import { loginTexts } from '../language/login.ts';
import type { LoginTexts } from '../language/login.ts';
import { formatEndpointNotation, parseEndpoint } from '../presentation/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import { Channel, clientOf } from '../service/index.ts';
import type { OutputOf } from '../service/index.ts';
import { ask, askSecretly } from './ask.ts';
import { describeCallError } from './call-error.ts';
import { addExamples } from './help.ts';
import { findSession, keepSession } from './kept-sessions.ts';
import { addWatchOption, watchIf } from './options.ts';
import type { CommandHost } from './command-host.ts';
import { readStdin } from './stdin.ts';
import { UsageError } from './terminal.ts';

interface LoginFlags {
  readonly user?: string;
  readonly passwordStdin?: boolean;
  readonly changePassword?: boolean;
  readonly json?: boolean;
  readonly watch?: boolean;
}

interface Credentials {
  readonly name: string;
  readonly password: string;
  readonly newPassword: string | undefined;
}

type Opened = OutputOf<typeof session.methods.open.result>;

/** Adds `guichet login`. */
export function addLogin(host: CommandHost): void {
  const { program, terminal, texts: commandTexts } = host;
  const texts = loginTexts[terminal.language];
  const command = program
    .command('login')
    .description(texts.description)
    .argument('<endpoint>', texts.endpoint)
    .option('--user <name>', texts.user)
    .option('--password-stdin', texts.passwordStdin)
    .option('--change-password', texts.changePassword)
    .option('--json', texts.json);
  addExamples(command, commandTexts, texts.loginExamples);
  addWatchOption(command, commandTexts).action(async (where: string, flags: LoginFlags) => {
    const endpoint = parseEndpoint(where, { codec: 'json' });
    const place = formatEndpointNotation(endpoint);
    if (isExposed(endpoint)) terminal.say(texts.plain(place));
    using _watching = watchIf(flags.watch, terminal);
    // Connected first: nobody types a password for a server that is not there.
    await using channel = await Channel.open(endpoint, { pingInterval: 0 });
    const credentials = await readCredentials(flags, texts, host);
    try {
      const opened = await logIn(channel, credentials);
      await endFormer(channel, endpoint, host);
      const { token, name, role, expiresAt } = opened;
      await keepSession(endpoint, { token, name, expiresAt }, terminal.language);
      const until = formatMoment(expiresAt, terminal.language);
      const line = texts.loggedIn(name, texts.roles[role], place, until);
      const shown = { endpoint: place, name, role, expiresAt };
      void terminal.print(`${flags.json === true ? JSON.stringify(shown) : line}\n`);
      if (opened.hasInitialPassword) terminal.say(texts.initial(place, name));
    } catch (error) {
      const explain = (other: unknown): string => terminal.explain(other);
      terminal.say(`guichet: ${describeCallError(error, terminal.language, explain)}`);
      host.exit(1);
    }
  });
}

/** A moment as people read it, in their own time. */
export function formatMoment(moment: string, language: string): string {
  return new Date(moment).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Whether a password would travel in the clear to another machine. */
function isExposed({ transport }: Endpoint): boolean {
  if (transport.transport !== 'tcp' && transport.transport !== 'udp') return false;
  return !/^(?:127\.|::1$|localhost$)/.test(transport.host);
}

async function logIn(channel: Channel, credentials: Credentials): Promise<Opened> {
  const { name, password, newPassword } = credentials;
  const client = clientOf(channel, session);
  const opened = await client.open({ name, password });
  if (newPassword === undefined) return opened;
  const parameters = { currentPassword: password, newPassword };
  return client.changePassword(parameters, { session: opened.token });
}

/** A session that was kept for the same place before is of no use any more: it ends there too. */
async function endFormer(channel: Channel, endpoint: Endpoint, host: CommandHost): Promise<void> {
  const former = await findSession(endpoint, host.terminal.language);
  if (former === undefined) return;
  // Most have expired, or ended with a change of password.
  await channel.call('session.close', {}, { session: former.token }).catch(() => undefined);
}

async function readCredentials(
  flags: LoginFlags,
  texts: LoginTexts,
  { texts: commandTexts }: CommandHost,
): Promise<Credentials> {
  if (flags.passwordStdin === true) {
    if (flags.user === undefined) throw new UsageError(texts.needsTerminal);
    const [password = '', newPassword = ''] = (await readStdin(commandTexts))
      .toString()
      .split(/\r?\n/);
    const asked = flags.changePassword === true ? [password, newPassword] : [password];
    if (asked.includes('')) throw new UsageError(texts.noPassword);
    return {
      name: flags.user,
      password,
      newPassword: flags.changePassword === true ? newPassword : undefined,
    };
  }
  if (!process.stdin.isTTY) throw new UsageError(texts.needsTerminal);
  const name = flags.user ?? (await ask(texts.askName));
  if (name === undefined || name === '') throw new UsageError(texts.noPassword);
  const password = await askSecretly(texts.askPassword);
  if (password === undefined || password === '') throw new UsageError(texts.noPassword);
  if (flags.changePassword !== true) return { name, password, newPassword: undefined };
  const newPassword = await askSecretly(texts.askNewPassword);
  if (newPassword === undefined || newPassword === '') throw new UsageError(texts.noPassword);
  if ((await askSecretly(texts.askAgain)) !== newPassword) throw new UsageError(texts.notTheSame);
  return { name, password, newPassword };
}
