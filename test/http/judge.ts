import { findValue } from './answers.ts';
import type { Answer } from './answers.ts';
import { hello } from './case.ts';
import type { AnswerExpectation, Expectation, Facts } from './case.ts';
import type { Outcome } from './exchange.ts';

function judgeStatus(answer: Answer, { status }: AnswerExpectation): string | undefined {
  if (status === undefined) return undefined;
  const accepted = typeof status === 'number' ? [status] : status;
  if (accepted.includes(answer.status)) return undefined;
  return `expected ${accepted.join(' or ')}, got ${answer.status}`;
}

function judgeField(
  answer: Answer,
  name: string,
  expected: string | RegExp | null,
): string | undefined {
  const value = findValue(answer, name);
  if (expected === null) return value === undefined ? undefined : `unexpected ${name}: ${value}`;
  if (value === undefined) return `no ${name}`;
  const isRight = typeof expected === 'string' ? value === expected : expected.test(value);
  return isRight ? undefined : `expected ${name}: ${String(expected)}, got ${value}`;
}

function judgeBody(answer: Answer, { body }: AnswerExpectation): string | undefined {
  if (body === undefined) return undefined;
  if (body instanceof RegExp) {
    return body.test(answer.body.toString()) ? undefined : `no ${String(body)} in the content`;
  }
  if (answer.body.equals(Buffer.from(body))) return undefined;
  const start = JSON.stringify(answer.body.toString('latin1', 0, 60));
  return `expected ${body.length} bytes of content, got ${answer.body.length}: ${start}`;
}

function judgeAnswer(answer: Answer, expect: AnswerExpectation, facts: Facts): string | undefined {
  const informational = answer.informational.map(({ status }) => status).join();
  if (expect.informational !== undefined && informational !== expect.informational.join()) {
    return `expected [${expect.informational.join()}] before it, got [${informational}]`;
  }
  for (const [name, value] of Object.entries(expect.fields ?? {})) {
    const complaint = judgeStatus(answer, expect) ?? judgeField(answer, name, value);
    if (complaint !== undefined) return complaint;
  }
  return judgeStatus(answer, expect) ?? judgeBody(answer, expect) ?? expect.check?.(answer, facts);
}

function judgeOne(outcome: Outcome, expect: Expectation, facts: Facts): string | undefined {
  const got = outcome.answers.map(({ status }) => status).join(', ');
  const complaints = expect.answers.map((each, index) => {
    const answer = outcome.answers[index];
    return answer && judgeAnswer(answer, each, facts);
  });
  const complaint = complaints.find((each) => each !== undefined);
  if (complaint !== undefined) return complaint;
  const isKept = expect.connection === 'kept';
  const wanted = expect.answers.length + (isKept && outcome.isProbed ? 1 : 0);
  if (outcome.answers.length !== wanted) {
    return `expected ${wanted} answers, got ${outcome.answers.length} (${got}), ${outcome.connection}`;
  }
  if (outcome.rest > 0) return `${outcome.rest} bytes after the last answer`;
  if (expect.connection === 'closed' && outcome.connection === 'open') return 'not closed';
  if (isKept) {
    if (outcome.connection !== 'open') return `not kept, but ${outcome.connection}`;
    const last = outcome.answers.at(-1);
    if (outcome.isProbed && last?.body.toString() !== hello) return 'the next answer is wrong';
  }
  return undefined;
}

/** What is wrong with an outcome, by each of the expectations; `undefined` when it is as one says. */
export function judge(
  outcome: Outcome,
  expect: readonly Expectation[],
  facts: Facts,
): string | undefined {
  if (outcome.fault !== undefined) return `malformed answer: ${outcome.fault}`;
  const complaints: string[] = [];
  for (const each of expect) {
    const complaint = judgeOne(outcome, each, facts);
    if (complaint === undefined) return undefined;
    if (!complaints.includes(complaint)) complaints.push(complaint);
  }
  return complaints.join('; or ');
}
