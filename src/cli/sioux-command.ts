import { Option } from 'commander';
import type { Command } from 'commander';
import { CertificateFiles, allowAddresses, buildSites } from '../applications/http/site/index.ts';
import { siouxTexts } from '../language/sioux.ts';
import type { SiouxTexts } from '../language/sioux.ts';
import { addExamples } from './help.ts';
import { addNumberOption } from './options.ts';
import { makeProgram } from './program.ts';
import type { CommandHost } from './command-host.ts';
import type { Executable } from './program.ts';
import { readSiouxConfiguration } from './sioux-configuration.ts';
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
async function checkPlan(plan: SiouxPlan): Promise<void> {
  await using _sites = await buildSites(plan.sites);
  allowAddresses(plan.metricsAllow);
  using _certificates =
    plan.tls === undefined || plan.tls.length === 0
      ? undefined
      : await CertificateFiles.open(plan.tls, { checkInterval: 0 });
}

/** What is wrong with a plan is wrong with the command line, or with a file that it names. */
async function blamePlan(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
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
      const readPlan = async (): Promise<SiouxPlan> => {
        const environment = readSiouxEnvironment(process.env, host.texts, texts);
        const configuration = await readSiouxConfiguration(file, texts);
        return planSioux(given, configuration, environment, texts);
      };
      const plan = await readPlan();
      if (flags['check'] === true) {
        await blamePlan(() => checkPlan(plan));
        void host.terminal.print(`${texts.correct}\n`);
        return;
      }
      await blamePlan(() => new SiouxRun(host, texts, plan, readPlan).run());
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
