import { inspect } from 'node:util';
import { callTexts } from '../language/index.ts';
import type { CallTexts } from '../language/index.ts';
import { parseEndpoint } from '../presentation/index.ts';
import { addWatchOption, watchIf, wholeNumber } from './options.ts';
import type { CommandHost } from './program.ts';
import { readStdin } from './stdin.ts';
import { UsageError } from './terminal.ts';
import type { OpenRpcDocument, OpenRpcMethod } from '../service/index.ts';

interface CallFlags {
  readonly deadline?: number;
  readonly idempotencyKey?: string;
  readonly session?: string;
  readonly stream?: boolean;
  readonly describe?: boolean;
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
    .option('--deadline <milliseconds>', texts.deadline, wholeNumber(commandTexts, 1, 3_600_000))
    .option('--idempotency-key <key>', texts.idempotencyKey)
    .option('--session <token>', texts.session)
    .option('--stream', texts.stream)
    .option('--describe', texts.describe);
  addWatchOption(command, commandTexts).action(
    async (
      where: string,
      method: string | undefined,
      params: string | undefined,
      flags: CallFlags,
    ) => {
      const endpoint = parseEndpoint(where, { codec: 'json' });
      const given = params === '-' ? (await readStdin()).toString() : params;
      const parameters = given === undefined ? undefined : parseParameters(given, texts);
      using _watching = watchIf(flags.watch, terminal);
      const { Channel } = await import('../service/index.ts');
      const { describeCallError } = await import('./call-error.ts');
      await using channel = await Channel.open(endpoint, { pingInterval: 0 });
      const { deadline, idempotencyKey, session } = flags;
      const options = {
        ...(deadline !== undefined && { deadline }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(session !== undefined && { session }),
      };
      try {
        if (method === undefined || flags.describe === true) {
          const document = (await channel.call(
            'rpc.discover',
            undefined,
            options,
          )) as OpenRpcDocument;
          terminal.print(describe(document, method, texts));
        } else if (flags.stream === true) {
          for await (const item of channel.stream(method, parameters, options)) {
            terminal.print(`${formatResult(item)}\n`);
          }
        } else {
          terminal.print(`${formatResult(await channel.call(method, parameters, options))}\n`);
        }
      } catch (error) {
        const text = describeCallError(error, terminal.language, (other) =>
          terminal.explain(other),
        );
        terminal.say(`guichet: ${text}`);
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

/** An answer as one line of JSON; what CBOR carries and JSON does not, as Node shows it. */
function formatResult(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return inspect(value, { depth: Infinity, breakLength: Infinity });
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

/** All methods, a line each; or one, in full. */
function describe(document: OpenRpcDocument, name: string | undefined, texts: CallTexts): string {
  if (name === undefined) {
    const rows = document.methods.map(
      (method) =>
        `${`${method.name}(${method.params.map((param) => param.name).join(', ')})`.padEnd(40)} ${method.summary ?? ''}`,
    );
    return `${rows.map((row) => row.trimEnd()).join('\n')}\n`;
  }
  const method = document.methods.find((known) => known.name === name);
  if (method === undefined) throw new Error(texts.noMethod(name));
  return `${describeMethod(method, texts)}\n`;
}
