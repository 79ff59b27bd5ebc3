import type { HeaderField } from '../headers.ts';
import type { HttpResponse } from '../handler.ts';

/** A token (RFC 9110, section 5.6.2), which the name of a field must be. */
const token = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;

/** Whether a name and a value may be sent as a field line (RFC 9110, section 5.5). */
export function isSendableField(name: string, value: string): boolean {
  return token.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value) && value.trim() === value;
}

/** The value of a field of a response; `undefined` when it has none. */
export function findField(response: HttpResponse, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return response.headers?.find(([field]) => field.toLowerCase() === wanted)?.[1];
}

/** The response with some fields set in place of those of the same names, and others left out. */
export function withFields(
  response: HttpResponse,
  fields: readonly HeaderField[],
  removed: readonly string[] = [],
): HttpResponse {
  const gone = new Set(removed.map((name) => name.toLowerCase()));
  for (const [name] of fields) gone.add(name.toLowerCase());
  const kept = (response.headers ?? []).filter(([name]) => !gone.has(name.toLowerCase()));
  return { ...response, headers: [...kept, ...fields] };
}

/** The response, its Vary naming one more field of requests (RFC 9110, section 12.5.5). */
export function withVary(response: HttpResponse, name: string): HttpResponse {
  const vary = findField(response, 'vary');
  const listed = vary?.split(',').map((one) => one.trim().toLowerCase()) ?? [];
  if (listed.includes('*') || listed.includes(name.toLowerCase())) return response;
  return withFields(response, [['Vary', vary === undefined ? name : `${vary}, ${name}`]]);
}
