import type { HttpHandler, HttpRequest, HttpResponse } from '../handler.ts';

/** What a handler gives: a response, at once or later. */
export type HttpAnswer = HttpResponse | Promise<HttpResponse>;

/** Changes an answer, at once where it came at once: a promise costs more than most changes do. */
export function changeAnswer(
  answer: HttpAnswer,
  change: (response: HttpResponse) => HttpResponse,
): HttpAnswer {
  return answer instanceof Promise ? answer.then(change) : change(answer);
}

/** As {@link changeAnswer}, of a handler's answer or of the response made of what it throws. */
export function catchAnswer(
  handler: HttpHandler,
  request: HttpRequest,
  change: (response: HttpResponse) => HttpResponse,
  recover: (error: unknown) => HttpResponse,
): HttpAnswer {
  try {
    const answer = handler(request);
    return answer instanceof Promise ? answer.catch(recover).then(change) : change(answer);
  } catch (error) {
    return change(recover(error));
  }
}
