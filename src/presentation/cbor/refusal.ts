import { CodecError } from '../codec.ts';
import { pathStep } from '../path.ts';

/** A value that has no form, thrown with the value itself so that its place can be looked for. */
export class Refusal extends CodecError {
  readonly value: unknown;
  readonly found: string;
  readonly advice: string;

  constructor(value: unknown, found: string, advice: string) {
    super('UNENCODABLE', `${found}: ${advice}`);
    this.value = value;
    this.found = found;
    this.advice = advice;
  }
}

/** The error that tells of a refusal where in the whole value the refused one stands. */
export function explainRefusal(refusal: Refusal, whole: unknown): CodecError {
  const { found, advice } = refusal;
  const path = findPath(whole, refusal.value);
  const place = path === undefined || path === '' ? 'The value' : path;
  return new CodecError('UNENCODABLE', `${place} is ${found}, which CBOR cannot carry: ${advice}`, {
    details: path === undefined ? { found } : { path, found },
  });
}

/** How an object was first come to, from the outermost value. */
interface Place {
  readonly value: unknown;
  readonly step: string;
  readonly parent: Place | undefined;
}

/**
 * The place of a value in another, such as `.students[3].name`; undefined when it is under the key of
 * a Map that is itself an object, or is not found again. Encoding does not keep track of places, so
 * that it costs nothing when nothing is refused.
 */
function findPath(whole: unknown, value: unknown): string | undefined {
  const met = new Set<unknown>();
  const open: Place[] = [{ value: whole, step: '', parent: undefined }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (Object.is(place.value, value)) return formatPath(place);
    if (met.has(place.value)) continue;
    met.add(place.value);
    const steps = Array.from(listSteps(place.value));
    for (const [step, next] of steps.toReversed()) open.push({ value: next, step, parent: place });
  }
  return undefined;
}

function* listSteps(value: unknown): Generator<readonly [step: string, value: unknown]> {
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) yield [pathStep(index), element];
  } else if (value instanceof Set) {
    for (const [index, element] of [...value].entries()) yield [pathStep(index), element];
  } else if (value instanceof Map) {
    for (const [key, item] of value) {
      if (typeof key === 'string' || typeof key === 'number') yield [pathStep(key), item];
    }
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    // What a getter returned is not there any more.
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      if (property.enumerable === true && 'value' in property)
        yield [pathStep(key), property.value];
    }
  }
}

function formatPath(place: Place): string {
  const steps: string[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) steps.push(at.step);
  return steps.toReversed().join('');
}
