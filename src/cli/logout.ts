import { loginTexts } from '../language/login.ts';
import { formatEndpointNotation, parseEndpoint } from '../presentation/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import { CallError, Channel } from '../service/index.ts';
import { describeCallError } from './call-error.ts';
import { addExamples } from './help.ts';
import { findSession, forgetSession, readSessions } from './kept-sessions.ts';
import type { KeptSession } from './kept-sessions.ts';
import { formatMoment } from './login.ts';
import { addWatchOption, watchIf } from './options.ts';
import type { CommandHost } from './command-host.ts';

/** Milliseconds for a server to be told. */
const deadline = 5_000;

/** Adds `guichet logout`. */
export function addLogout(host: CommandHost): void {
  const { program, terminal, texts: commandTexts } = host;
  const texts = loginTexts[terminal.language];
  const command = program
    .command('logout')
    .description(texts.logoutDescription)
    .argument('[endpoint]', texts.logoutEndpoint);
  addExamples(command, commandTexts, texts.logoutExamples);
  addWatchOption(command, commandTexts).action(
    async (where: string | undefined, flags: { readonly watch?: boolean }) => {
      const { language } = terminal;
      using _watching = watchIf(flags.watch, terminal);
      if (where === undefined) {
        const sessions = Object.values(await readSessions(language));
        if (sessions.length === 0) terminal.say(texts.nowhere);
        for (const kept of sessions) await logOut(host, parseEndpoint(kept.endpoint), kept);
        return;
      }
      const endpoint = parseEndpoint(where, { codec: 'json' });
      const kept = await findSession(endpoint, language);
      if (kept === undefined) {
        terminal.say(`guichet: ${texts.notLoggedIn(formatEndpointNotation(endpoint))}`);
        host.exit(1);
      } else {
        await logOut(host, endpoint, kept);
      }
    },
  );
}

async function logOut(host: CommandHost, endpoint: Endpoint, kept: KeptSession): Promise<void> {
  const { terminal } = host;
  const texts = loginTexts[terminal.language];
  await forgetSession(endpoint, terminal.language);
  const place = formatEndpointNotation(endpoint);
  try {
    await using channel = await Channel.open(endpoint, { pingInterval: 0, deadline });
    await channel.call('session.close', {}, { session: kept.token });
  } catch (error) {
    // One that is over already has ended as was asked.
    if (!(error instanceof CallError && error.code === 'UNAUTHENTICATED')) {
      const reason = describeCallError(error, terminal.language, (one) => terminal.explain(one));
      const until = formatMoment(kept.expiresAt, terminal.language);
      terminal.say(`guichet: ${texts.stillOpen(place, reason, until)}`);
      host.exit(1);
      return;
    }
  }
  void terminal.print(`${texts.loggedOut(kept.name, place)}\n`);
}
