import { Option } from 'commander';
import type { Command } from 'commander';
import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import {
  CertificateFiles,
  FileSink,
  allowAddresses,
  buildSites,
} from '../applications/http/site/index.ts';
import { GuichetError } from '../errors.ts';
import { siouxTexts } from '../language/sioux.ts';
import type { SiouxTexts } from '../language/sioux.ts';
import { addExamples } from './help.ts';
import { addNumberOption } from './options.ts';
import { makeProgram } from './program.ts';
import type { CommandHost } from './command-host.ts';
import type { Executable } from './program.ts';
import { readSiouxConfiguration } from './sioux-configuration.ts';
import type { SiouxConfiguration } from './sioux-configuration.ts';
import { planSioux } from './sioux-plan.ts';
import type { SiouxPlan } from './sioux-plan.ts';
import { SiouxRun } from './sioux-run.ts';
import { siouxSettings } from './sioux-settings.ts';
import type { Setting } from './sioux-settings.ts';
import { readSiouxEnvironment, readSiouxFlags } from './sioux-sources.ts';
import { UsageError } from './terminal.ts';

/** Adds the flag of a setting, and for one that is on by default the flag that turns it off. */
function addSetting(
  command: Command,
  setting: Setting,
  texts: SiouxTexts,
  host: Omit<CommandHost, 'program'>,
): void {
  const { name } = setting;
  const usual = setting.default === undefined || setting.kind === 'switch' ? '' : setting.default;
  const described = texts.settings[name] ?? name;
  const description = usual === '' ? described : described + texts.usually(String(usual));
  if (setting.kind === 'number') {
    addNumberOption(command, host.texts, `--${name} <number>`, description, [
      setting.min,
      setting.max,
    ]);
  } else if (setting.kind === 'switch') {
    // Either contradicts the configuration file; the help shows the one that changes what is usual.
    const yes = new Option(`--${name}`, described).hideHelp(setting.default);
    const no = new Option(`--no-${name}`, `${texts.not(name)}: ${described}`);
    command.addOption(yes).addOption(no.hideHelp(!setting.default));
  } else {
    const value = setting.bare === undefined ? `<${setting.value}>` : `[${setting.value}]`;
    command.option(`--${name} ${value}`, description);
  }
}

/** Makes all that the plan names, and lets go of it again, so that what is wrong with it is told. */
async function checkPlan(plan: SiouxPlan, texts: SiouxTexts): Promise<void> {
  const { fallback, hosts = [] } = plan.sites;
  for (const { root, files } of [...hosts, ...(fallback === undefined ? [] : [fallback])]) {
    const page = files?.fallback;
    if (page === undefined) continue;
    const found = await stat(join(root, page)).catch(() => undefined);
    if (found?.isFile() !== true) throw new UsageError(texts.noPage(page, root));
  }
  if (plan.accessLog !== undefined && plan.accessLog !== '-') await FileSink.check(plan.accessLog);
  await using _sites = await buildSites(plan.sites);
  allowAddresses(plan.metricsAllow);
  using _certificates =
    plan.tls === undefined || plan.tls.length === 0
      ? undefined
      : await CertificateFiles.open(plan.tls, { checkInterval: 0 });
}

/** An error about a file, with the place where the configuration names that file. */
function locateError(
  error: unknown,
  findMention: SiouxConfiguration['findMention'],
  { terminal }: Pick<CommandHost, 'terminal'>,
  texts: SiouxTexts,
): unknown {
  // What is wrong with a plan is wrong with the command line, or with a file that it names.
  if (error instanceof RangeError) return new UsageError(error.message);
  if (!(error instanceof GuichetError)) return error;
  const { path } = error.details;
  const mention = typeof path === 'string' ? findMention(path) : undefined;
  if (mention === undefined) return error;
  return new UsageError(texts.wrong(mention, '', terminal.explain(error)));
}

async function build(host: Omit<CommandHost, 'program'>): Promise<Command> {
  const texts = siouxTexts[host.terminal.language];
  const program = makeProgram('sioux', texts.description, host)
    .argument('[root]', texts.root)
    .option('--config <file>', texts.config)
    .option('--check', texts.check);
  for (const setting of siouxSettings) addSetting(program, setting, texts, host);
  addExamples(program, host.texts, texts.examples, texts.note);
  return program.action(
    async (root: string | undefined, flags: Readonly<Record<string, unknown>>) => {
      const given = readSiouxFlags(flags, root, texts);
      const { config } = flags;
      const file = typeof config === 'string' ? config : process.env['SIOUX_CONFIG'] || undefined;
      let findMention: SiouxConfiguration['findMention'] = () => undefined;
      const locate = (error: unknown): unknown => locateError(error, findMention, host, texts);
      const readPlan = async (): Promise<SiouxPlan> => {
        const environment = readSiouxEnvironment(process.env, host.texts, texts);
        const configuration = await readSiouxConfiguration(file, texts);
        ({ findMention } = configuration);
        return planSioux(given, configuration, environment, texts);
      };
      const plan = await readPlan();
      try {
        if (flags['check'] !== true) {
          await new SiouxRun(host, texts, plan, readPlan, locate).run();
          return;
        }
        await checkPlan(plan, texts);
        void host.terminal.print(`${texts.correct}\n`);
      } catch (error) {
        throw locate(error);
      }
    },
  );
}

/** The command line `sioux`. */
export const sioux: Executable = {
  name: 'sioux',
  findCommand: () => undefined,
  needsArguments: false,
  build,
};
