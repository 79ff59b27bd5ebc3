import {
  CallError,
  channelOf,
  connect,
  defineService,
  method,
  parseEndpoint,
} from 'guichet/browser';
import { z } from 'zod';

const calculator = defineService('calculator', {
  evaluate: method({ params: z.object({ expression: z.string() }), result: z.string() }),
});

const trial = defineService('trial', {
  echo: method({ params: z.object({ value: z.unknown() }), result: z.unknown() }),
  wait: method({ params: z.object({}), result: z.unknown() }),
});

/** What every codec carries, with texts and numbers of every length. */
const plain = {
  texts: ['', 'é', '\uFEFFmark', '😀'.repeat(9_000), 'x'.repeat(70_000)],
  numbers: [0, -1, 23, 24, 256, 65_536, 2 ** 40, 1.5, 0.1, 1e300, -65_536.5],
  nested: { list: [[null, true], {}], empty: [] },
};

/** What CBOR carries beside: an object that holds itself, and what JSON has no word for. */
function makeGraph() {
  const graph: Record<string, unknown> = {
    bytes: Uint8Array.of(0, 127, 255),
    date: new Date(1_700_000_000_000),
    big: -(2n ** 90n),
    map: new Map<unknown, unknown>([
      [1, 'one'],
      ['two', 2],
    ]),
    set: new Set(['a', 'b']),
    floats: Float64Array.of(0.5, -2),
  };
  graph['self'] = graph;
  return graph;
}

function describeGraph(graph: Record<string, unknown>): unknown {
  const { bytes, date, big, map, set, floats, self } = graph;
  return [
    [...(bytes as Uint8Array)],
    Number(date),
    String(big),
    [...(map as Map<unknown, unknown>)],
    [...(set as Set<unknown>)],
    [...(floats as Float64Array)],
    self === graph,
  ];
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    return error instanceof CallError ? error.code : String(error);
  }
}

/** Calls all there is at an endpoint, and tells what came of it. */
async function callAll(notation: string): Promise<unknown> {
  await using client = await connect(notation, calculator);
  await using other = await connect(notation, trial);
  const isCbor = parseEndpoint(notation).codec === 'cbor';
  const same = await other.echo({ value: plain });
  const graph = isCbor ? await other.echo({ value: makeGraph() }) : undefined;
  const controller = new AbortController();
  const given = other.wait({}, { signal: controller.signal });
  const calls = Array.from({ length: 50 }, (_, index) =>
    client.evaluate({ expression: `${index}+1` }),
  );
  controller.abort();
  return {
    sum: await client.evaluate({ expression: '0.1+0.2' }),
    isSame: JSON.stringify(same) === JSON.stringify(plain),
    graph: graph === undefined ? null : describeGraph(graph as Record<string, unknown>),
    expected: isCbor ? describeGraph(makeGraph()) : null,
    last: (await Promise.all(calls)).at(-1),
    syntax: await codeOf(client.evaluate({ expression: '1+' })),
    params: await codeOf(channelOf(client).call('calculator.evaluate', { expression: 1 })),
    late: await codeOf(other.wait({}, { deadline: 50 })),
    cancelled: await codeOf(given),
  };
}

Object.assign(globalThis, {
  callAll,
  codeOf,
  connectTrial: (place: string) => connect(place, trial),
});
