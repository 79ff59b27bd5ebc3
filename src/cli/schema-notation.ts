import { isRecord } from '../service/wire.ts';

/** A description may nest as deep as whoever serves it likes; a reader takes so much of it. */
const deepest = 8;

type Fields = Readonly<Record<string, unknown>>;

/** A JSON Schema as people write types: `string(1..64)`, that is of 1 to 64 characters, `{ age?: integer }`. */
export function formatSchema(schema: unknown, depth = 0): string {
  if (!isRecord(schema)) return 'any';
  if (depth > deepest) return '…';
  const { const: constant, enum: choices, anyOf, type } = schema;
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(choices)) return choices.map((choice) => JSON.stringify(choice)).join(' | ');
  if (Array.isArray(anyOf)) return anyOf.map((one) => formatSchema(one, depth + 1)).join(' | ');
  if (Array.isArray(type)) {
    return type.map((one: unknown) => formatSchema({ ...schema, type: one }, depth)).join(' | ');
  }
  switch (type) {
    case 'object':
      return formatObject(schema, depth);
    case 'array':
      return `${formatItems(schema['items'], depth)}[]${bounds(schema, 'minItems', 'maxItems')}`;
    case 'string':
      return `string${bounds(schema, 'minLength', 'maxLength')}`;
    case 'integer':
    case 'number':
      return `${type}${bounds(schema, 'minimum', 'maximum')}`;
    default:
      return typeof type === 'string' ? type : 'any';
  }
}

function formatItems(items: unknown, depth: number): string {
  const text = formatSchema(items, depth + 1);
  return text.includes(' | ') && !text.startsWith('{') ? `(${text})` : text;
}

function formatObject(schema: Fields, depth: number): string {
  const { properties, required, additionalProperties } = schema;
  const needed = new Set(Array.isArray(required) ? (required as readonly unknown[]) : []);
  const members = Object.entries(isRecord(properties) ? properties : {}).map(
    ([name, shape]) => `${name}${needed.has(name) ? '' : '?'}: ${formatSchema(shape, depth + 1)}`,
  );
  if (isRecord(additionalProperties) && Object.keys(additionalProperties).length > 0) {
    members.push(`…: ${formatSchema(additionalProperties, depth + 1)}`);
  }
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** The bounds that somebody chose: those of every safe integer say nothing. */
function bounds(schema: Fields, least: string, most: string): string {
  const from = boundOf(schema[least]);
  const to = boundOf(schema[most]);
  return from === undefined && to === undefined ? '' : `(${from ?? ''}..${to ?? ''})`;
}

function boundOf(bound: unknown): number | undefined {
  return typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
}
