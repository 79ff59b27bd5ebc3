import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { suite, test } from 'node:test';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { Dispatcher, connect, serveServices } from '../../service/index.ts';
import type { TaskOptions } from '../../service/index.ts';
import { rpcHandler, serveHttp } from '../http/index.ts';
import { Evaluator } from './evaluator.ts';
import type { CalculatorSession } from './evaluator.ts';
import { calculator, implementCalculator } from './service.ts';

/** An evaluator that notes whose the expressions are. */
class NotingEvaluator extends Evaluator {
  readonly owners: (object | undefined)[] = [];

  override evaluate(
    expression: string,
    session: CalculatorSession,
    options: TaskOptions = {},
  ): Promise<string> {
    this.owners.push(options.owner);
    return super.evaluate(expression, session, options);
  }
}

async function post(url: string, agent: Agent, expression: string): Promise<string> {
  const answer = Promise.withResolvers<IncomingMessage>();
  const headers = { 'content-type': 'application/json' };
  const call = { jsonrpc: '2.0', id: 1, method: 'calculator.evaluate', params: [expression] };
  request(url, { method: 'POST', agent, headers }, answer.resolve).end(JSON.stringify(call));
  return text(await answer.promise);
}

suite('the service of the calculator', () => {
  test('has the requests of one connection take their turns as one client', async () => {
    await using evaluator = new NotingEvaluator({}, { size: 1 });
    const dispatcher = new Dispatcher([implementCalculator(evaluator)]);
    await using server = await serveHttp('tcp://127.0.0.1:0', rpcHandler(dispatcher));
    const url = `${server.url}rpc`;
    const agents = [1, 2].map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
    for (const agent of agents) {
      assert.match(await post(url, agent, 'x = 3'), /"result":"3"/);
      assert.match(await post(url, agent, 'x'), /UNKNOWN_NAME/, 'each request is for itself');
    }
    for (const agent of agents) agent.destroy();
    const [first, second, third, fourth] = evaluator.owners;
    assert.ok(first !== undefined && third !== undefined);
    assert.deepEqual([first === second, third === fourth, first === third], [true, true, false]);
  });

  test('keeps the order of what comes over a connection without a port', async () => {
    await using evaluator = new NotingEvaluator({}, { size: 2 });
    const dispatcher = new Dispatcher([implementCalculator(evaluator)]);
    await using server = await serveServices('json+memory://calculator-order', dispatcher);
    await using one = await connect(server.endpoint, calculator);
    await using other = await connect(server.endpoint, calculator);
    const answers = [one, other].flatMap((client, index) => [
      client.evaluate({ expression: `x = ${index}` }),
      client.evaluate({ expression: 'x + 5' }),
    ]);
    assert.deepEqual(await Promise.all(answers), ['0', '5', '1', '6']);
    assert.deepEqual(new Set(evaluator.owners), new Set([undefined]));
  });
});
