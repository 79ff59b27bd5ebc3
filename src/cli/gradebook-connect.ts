import { accounts } from '../applications/accounts/session-service.ts';
import { gradebook } from '../applications/gradebook/service.ts';
import type { GradebookTexts } from '../language/gradebook.ts';
import { formatEndpointNotation, parseEndpoint } from '../presentation/index.ts';
import { channelOf, clientOf } from '../service/index.ts';
import type { Client, OutputOf } from '../service/index.ts';
import type { CommandHost } from './command-host.ts';
import { openChannel } from './kept-sessions.ts';
import { UsageError } from './terminal.ts';

/** Where the gradebook is unless told otherwise. */
export const defaultEndpoint = 'json+tcp://127.0.0.1:7000';

/** Bytes of the longest answer: a file in base64. */
const maxFrameBytes = 16_777_216;

export type Book = Client<typeof gradebook>;
export type Promotion = OutputOf<typeof gradebook.methods.createPromotion.result>;
export type Student = OutputOf<typeof gradebook.methods.addStudent.result>;
export type StudentWithMarks = OutputOf<typeof gradebook.methods.streamStudents.item>;
export type Assessment = OutputOf<typeof gradebook.methods.createAssessment.result>;
export type Mark = OutputOf<typeof gradebook.methods.addMark.result>;

/** Connects on behalf of whoever is logged in at an endpoint. */
export async function openBook(host: CommandHost, where: string): Promise<Book> {
  const endpoint = parseEndpoint(where, { codec: 'json' });
  const channel = await openChannel(endpoint, host.terminal.language, {
    pingInterval: 0,
    maxFrameBytes,
  });
  return clientOf(channel, gradebook);
}

/** An endpoint as people write it in full. */
export function nameEndpoint(where: string): string {
  return formatEndpointNotation(parseEndpoint(where, { codec: 'json' }));
}

/** Every promotion the caller sees. */
export async function listPromotions(book: Book, archived: boolean): Promise<Promotion[]> {
  const promotions: Promotion[] = [];
  let cursor: string | undefined;
  do {
    const page = await book.listPromotions({ archived, limit: 500, ...(cursor && { cursor }) });
    promotions.push(...page.promotions);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return promotions;
}

/** A promotion by its identifier or its name. @throws {UsageError} */
export async function findPromotion(
  book: Book,
  text: string,
  texts: GradebookTexts,
): Promise<Promotion> {
  const all = await listPromotions(book, true);
  const byIdentifier = all.find(({ promotion }) => promotion === text);
  if (byIdentifier !== undefined) return byIdentifier;
  const named = all.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
  // Of several years with one name, the one that is not archived is meant.
  const open = named.filter(({ archived }) => !archived);
  const candidates = open.length > 0 ? open : named;
  const [found, other] = candidates;
  if (found === undefined) throw new UsageError(texts.noPromotion(text));
  if (other !== undefined) {
    const listed = candidates.map(({ promotion, year, students }) =>
      texts.promotionApart(promotion, year, students),
    );
    throw new UsageError(texts.severalPromotions(text, listed.join(', ')));
  }
  return found;
}

/** A student as people say it. */
export function nameStudent({ givenName, familyName }: Student): string {
  return `${givenName} ${familyName}`.trim() || '—';
}

/** Students who answer to one text, each with what tells them apart. */
async function tellApart(
  book: Book,
  students: readonly Student[],
  texts: GradebookTexts,
): Promise<string> {
  const promotions = new Map<string, string>();
  for (const { promotion, name, year } of await listPromotions(book, true))
    promotions.set(promotion, `${name} ${year ?? ''}`.trim());
  const listed = students.map((one) => {
    const { student, number, promotion } = one;
    const sharing = students.filter((other) => other.number === number).length;
    const parts = [promotions.get(promotion) ?? promotion];
    if (number !== null) parts.push(`${texts.fields.number} ${number}`);
    if (number === null || sharing > 1) parts.push(student);
    return `${nameStudent(one)} (${parts.join(', ')})`;
  });
  return listed.join(', ');
}

/** A student by identifier, number or name. @throws {UsageError} */
export async function findStudent(
  book: Book,
  text: string,
  texts: GradebookTexts,
  within: string | undefined,
): Promise<Student> {
  const promotion =
    within === undefined ? undefined : (await findPromotion(book, within, texts)).promotion;
  const { students } = await book.findStudents({
    text,
    limit: 20,
    ...(promotion !== undefined && { promotion }),
  });
  const exact = students.filter(({ student, number }) => student === text || number === text);
  const candidates = exact.length > 0 ? exact : students;
  const [found, other] = candidates;
  if (found === undefined) throw new UsageError(texts.noStudent(text));
  if (other !== undefined)
    throw new UsageError(texts.severalStudents(text, await tellApart(book, candidates, texts)));
  return found;
}

/** An assessment of a promotion by its identifier or its name. @throws {UsageError} */
export async function findAssessment(
  book: Book,
  promotion: string,
  text: string,
  texts: GradebookTexts,
): Promise<Assessment> {
  const { assessments } = await book.listAssessments({ promotion });
  const found =
    assessments.find(({ assessment }) => assessment === text) ??
    assessments.find(({ name }) => name.toLowerCase() === text.toLowerCase());
  if (found === undefined) throw new UsageError(texts.noAssessment(text));
  return found;
}

/** The identifier of an account by its name; an identifier stands for itself. @throws {UsageError} */
export async function findAccount(
  book: Book,
  text: string,
  texts: GradebookTexts,
): Promise<string> {
  const client = clientOf(channelOf(book), accounts);
  let after: string | undefined;
  do {
    const page = await client.list({ limit: 1_000, ...(after !== undefined && { after }) });
    const found = page.accounts.find(
      ({ account, name }) => account === text || name === text.toLowerCase(),
    );
    if (found !== undefined) return found.account;
    after = page.next;
  } while (after !== undefined);
  throw new UsageError(texts.noAccount(text));
}
