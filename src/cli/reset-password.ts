import { recoverAccount } from '../applications/accounts/recover.ts';
import type { AccountUnclear } from '../applications/accounts/recover.ts';
import type { AccountsTables } from '../applications/accounts/tables.ts';
import { resetPasswordTexts } from '../language/reset-password.ts';
import type { CommandHost } from './command-host.ts';
import { addExamples } from './help.ts';
import { readStdin } from './stdin.ts';
import { findStorePlace, openExistingStore, whoIsThis } from './store-place.ts';
import { UsageError } from './terminal.ts';

interface ResetFlags {
  readonly store?: string;
  readonly passwordStdin?: boolean;
  readonly json?: boolean;
}

/** Adds `guichet reset-password`. */
export function addResetPassword(host: CommandHost): void {
  const { program, terminal, texts: commandTexts } = host;
  const texts = resetPasswordTexts[terminal.language];
  const command = program
    .command('reset-password')
    .description(texts.description)
    .argument('[account]', texts.account)
    .option('--store <place>', texts.store)
    .option('--password-stdin', texts.passwordStdin)
    .option('--json', texts.json);
  addExamples(command, commandTexts, texts.examples);
  command.action(async (name: string | undefined, flags: ResetFlags) => {
    const place = await findStorePlace(host, flags.store);
    const given = flags.passwordStdin === true ? await readPassword(host) : undefined;
    await using store = await openExistingStore<AccountsTables>(host, place, texts.unreadable);
    const result = await recoverAccount(store, { name, password: given, address: whoIsThis() });
    if ('administrators' in result) {
      terminal.say(`guichet: ${explainUnclear(host, name, result)}`);
      host.exit(1);
      return;
    }
    const { password, sessionsEnded, isDisabled } = result;
    const { ended, disabled } = texts;
    if (flags.json === true) {
      void terminal.print(`${JSON.stringify(result)}\n`);
      return;
    }
    const told =
      password === undefined ? texts.given(result.name) : texts.made(result.name, password);
    void terminal.print(`${told}\n`);
    terminal.say(ended(sessionsEnded));
    if (isDisabled) terminal.say(disabled(result.name));
  });
}

async function readPassword({ texts, terminal }: CommandHost): Promise<string> {
  const [password = ''] = (await readStdin(texts)).toString().split(/\r?\n/);
  if (password === '') throw new UsageError(resetPasswordTexts[terminal.language].noPassword);
  return password;
}

function explainUnclear(
  { terminal }: CommandHost,
  name: string | undefined,
  { administrators }: AccountUnclear,
): string {
  const texts = resetPasswordTexts[terminal.language];
  if (administrators.length === 0 && name === undefined) return texts.noAdministrator;
  const listed = administrators.join(', ') || '—';
  return name === undefined ? texts.several(listed) : texts.noAccount(name, listed);
}
