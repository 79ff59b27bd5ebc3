import { callTexts } from '../language/call.ts';
import type { CallTexts } from '../language/call.ts';
import { escapeControls } from '../observe/index.ts';
import { formatEndpointNotation, parseEndpoint } from '../presentation/index.ts';
import { formatTable, formatValue } from './format.ts';
import { addExamples } from './help.ts';
import { addNumberOption, addWatchOption, watchIf } from './options.ts';
import type { CommandHost } from './command-host.ts';
import { readStdin } from './stdin.ts';
import { UsageError } from './terminal.ts';
import type { OpenRpcDocument, OpenRpcMethod } from '../service/index.ts';

interface CallFlags {
  readonly deadline?: number;
  readonly idempotencyKey?: string;
  readonly session?: string;
  readonly stream?: boolean;
  readonly describe?: boolean;
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** Adds `guichet call`. */
export function addCall(host: CommandHost): void {
  const { program, terminal, texts: commandTexts } = host;
  const texts = callTexts[terminal.language];
  const command = program
    .command('call')
    .description(texts.description)
    .argument('<endpoint>', texts.endpoint)
    .argument('[method]', texts.method)
    .argument('[params]', texts.params)
    .option('--idempotency-key <key>', texts.idempotencyKey)
    .option('--session <token>', texts.session)
    .option('--stream', texts.stream)
    .option('--describe', texts.describe)
    .option('--json', texts.json);
  const deadline = '--deadline <milliseconds>';
  addNumberOption(command, commandTexts, deadline, texts.deadline, [1, 3_600_000]);
  addExamples(command, commandTexts, texts.examplesOfUse);
  addWatchOption(command, commandTexts).action(
    async (
      where: string,
      method: string | undefined,
      params: string | undefined,
      flags: CallFlags,
    ) => {
      const endpoint = parseEndpoint(where, { codec: 'json' });
      const given = params === '-' ? (await readStdin(commandTexts)).toString() : params;
      const parameters = given === undefined ? undefined : parseParameters(given, texts);
      using _watching = watchIf(flags.watch, terminal);
      const { describeCallError, needsLogin } = await import('./call-error.ts');
      const { openChannel } = await import('./kept-sessions.ts');
      const { idempotencyKey, session } = flags;
      await using channel = await openChannel(endpoint, terminal.language, {
        pingInterval: 0,
        ...(session !== undefined && { session }),
      });
      const options = {
        ...(flags.deadline !== undefined && { deadline: flags.deadline }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      };
      try {
        if (method === undefined || flags.describe === true) {
          const document = (await channel.call(
            'rpc.discover',
            undefined,
            options,
          )) as OpenRpcDocument;
          const shown = flags.json === true ? selectMethod(document, method, texts) : undefined;
          void terminal.print(
            shown === undefined ? describe(document, method, texts) : `${formatValue(shown)}\n`,
          );
        } else if (flags.stream === true) {
          for await (const item of channel.stream(method, parameters, options)) {
            await terminal.print(`${formatValue(item)}\n`);
          }
        } else {
          const result = await channel.call(method, parameters, options);
          void terminal.print(`${formatValue(result)}\n`);
        }
      } catch (error) {
        const text = describeCallError(error, terminal.language, (other) =>
          terminal.explain(other),
        );
        terminal.say(`guichet: ${text}`);
        if (needsLogin(error)) {
          const { loginTexts } = await import('../language/login.ts');
          terminal.say(loginTexts[terminal.language].logInFirst(formatEndpointNotation(endpoint)));
        }
        host.exit(1);
      }
    },
  );
}

function parseParameters(text: string, texts: CallTexts): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(texts.notJson(error instanceof Error ? error.message : ''));
  }
}

function formatSchema(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return 'any';
  const { type } = schema as { type?: unknown };
  const { title: _, description: __, ...rest } = schema as Record<string, unknown>;
  return Object.keys(rest).length === 1 && typeof type === 'string' ? type : JSON.stringify(rest);
}

function describeMethod(method: OpenRpcMethod, texts: CallTexts): string {
  const lines = [`${method.name}(${method.params.map(({ name }) => name).join(', ')})`];
  if (method.summary !== undefined) lines.push(`  ${method.summary}`);
  if (method.description !== undefined) lines.push(`  ${method.description}`);
  if (method.params.length > 0) lines.push(`  ${texts.parameters}:`);
  for (const { name, required, schema, description } of method.params) {
    const optional = required ? '' : ` (${texts.optional})`;
    lines.push(`    ${name}${optional}: ${formatSchema(schema)}`);
    if (description !== undefined) lines.push(`      ${description}`);
  }
  lines.push(`  ${texts.result}: ${formatSchema(method.result.schema)}`);
  if (method.examples !== undefined) lines.push(`  ${texts.examples}:`);
  for (const example of method.examples ?? []) lines.push(`    ${JSON.stringify(example)}`);
  return lines.join('\n');
}

/** What OpenRPC says: the whole document, or what it says of one method. */
function selectMethod(
  document: OpenRpcDocument,
  name: string | undefined,
  texts: CallTexts,
): OpenRpcDocument | OpenRpcMethod {
  if (name === undefined) return document;
  const method = document.methods.find((known) => known.name === name);
  if (method === undefined) throw new Error(texts.noMethod(name));
  return method;
}

/** All methods, a line each; or one, in full. Whatever the server says is safe for the terminal. */
function describe(document: OpenRpcDocument, name: string | undefined, texts: CallTexts): string {
  if (name === undefined) {
    const rows = document.methods.map(({ name: method, params, summary }) => [
      `${method}(${params.map((param) => param.name).join(', ')})`,
      summary ?? '',
    ]);
    return `${escapeLines(formatTable(rows))}\n`;
  }
  const method = document.methods.find((known) => known.name === name);
  if (method === undefined) throw new Error(texts.noMethod(name));
  return `${escapeLines(describeMethod(method, texts))}\n`;
}

function escapeLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n');
}
