import { servicesMaxMessageBytes } from '../applications/services/limits.ts';
import { callTexts } from '../language/call.ts';
import type { CallTexts } from '../language/call.ts';
import { escapeControls } from '../observe/index.ts';
import { formatEndpointNotation, parseEndpoint } from '../presentation/index.ts';
import { formatTable, formatValue } from './format.ts';
import { addExamples } from './help.ts';
import { addNumberOption, addWatchOption, watchIf } from './options.ts';
import type { CommandHost } from './command-host.ts';
import { formatSchema } from './schema-notation.ts';
import { readStdin } from './stdin.ts';
import { UsageError } from './terminal.ts';
import type { OpenRpcDocument, OpenRpcExample, OpenRpcMethod } from '../service/index.ts';

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
      if (endpoint.codec !== 'json' && endpoint.codec !== 'cbor') {
        throw new UsageError(texts.noCalls(endpoint.codec));
      }
      const given = params === '-' ? (await readStdin(commandTexts)).toString() : params;
      const parameters = given === undefined ? undefined : parseParameters(given, texts);
      using _watching = watchIf(flags.watch, terminal);
      const { describeCallError, needsLogin } = await import('./call-error.ts');
      const { openChannel } = await import('./kept-sessions.ts');
      const { idempotencyKey, session } = flags;
      await using channel = await openChannel(endpoint, terminal.language, {
        pingInterval: 0,
        maxFrameBytes: servicesMaxMessageBytes,
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
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(texts.notJson(error instanceof Error ? error.message : ''));
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new UsageError(texts.notParameters(cut(text.trim())));
}

/** A text of the caller's, short enough to be shown in a line. */
function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** A method as it is called; `?` follows the parameters that may be left out. */
function formatSignature({ name, params }: OpenRpcMethod): string {
  return `${name}(${params.map((each) => `${each.name}${each.required ? '' : '?'}`).join(', ')})`;
}

function formatResult(method: OpenRpcMethod, texts: CallTexts): string {
  const { schema } = method.result;
  const items = method['x-stream'] === true ? (schema as { items?: unknown }).items : undefined;
  return items === undefined ? formatSchema(schema) : `${texts.streamOf} ${formatSchema(items)}`;
}

/** An example as it is typed after the endpoint, and what it gives. */
function formatExample(name: string, example: OpenRpcExample): string {
  const { params, result } = example;
  const named = Object.fromEntries(params.map((each) => [each.name, each.value]));
  const call = `${name} '${JSON.stringify(named)}'`;
  return result === undefined ? call : `${call}  →  ${JSON.stringify(result.value)}`;
}

function describeMethod(method: OpenRpcMethod, texts: CallTexts): string {
  const lines = [formatSignature(method)];
  if (method.summary !== undefined) lines.push(`  ${method.summary}`);
  if (method.description !== undefined) lines.push(`  ${method.description}`);
  if (method.params.length > 0) lines.push(`  ${texts.parameters}:`);
  for (const { name, required, schema, description } of method.params) {
    const optional = required ? '' : ` (${texts.optional})`;
    lines.push(`    ${name}${optional}: ${formatSchema(schema)}`);
    if (description !== undefined) lines.push(`      ${description}`);
  }
  lines.push(`  ${texts.result}: ${formatResult(method, texts)}`);
  if (method.examples !== undefined) lines.push(`  ${texts.examples}:`);
  for (const example of method.examples ?? []) {
    lines.push(`    ${formatExample(method.name, example)}`);
  }
  return lines.join('\n');
}

/** What OpenRPC says: the whole document, or what it says of one method. */
function selectMethod(
  document: OpenRpcDocument,
  name: string | undefined,
  texts: CallTexts,
): OpenRpcDocument | OpenRpcMethod {
  return name === undefined ? document : findMethod(document, name, texts);
}

function findMethod(document: OpenRpcDocument, name: string, texts: CallTexts): OpenRpcMethod {
  const { methods } = document;
  const method = methods.find((known) => known.name === name);
  if (method !== undefined) return method;
  const service = `${name.split('.', 1)[0]}.`;
  const siblings = methods.map((known) => known.name).filter((known) => known.startsWith(service));
  throw new Error(texts.noMethod(name, siblings.join(', ')));
}

/** All methods, a line each; or one, in full. Whatever the server says is safe for the terminal. */
function describe(document: OpenRpcDocument, name: string | undefined, texts: CallTexts): string {
  if (name === undefined) {
    const rows = document.methods.map((method) => [formatSignature(method), method.summary ?? '']);
    return `${escapeLines(formatTable(rows))}\n`;
  }
  const method = findMethod(document, name, texts);
  return `${escapeLines(describeMethod(method, texts))}\n`;
}

function escapeLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n');
}
