import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { z } from 'zod';
import { clientOf, connect, defineService, implement, method, streamMethod } from 'guichet/service';
import type { Channel, Client, Implementation } from 'guichet/service';

/** True for the very same type only: the two conditional types are related just then. */
type Same<One, Other> =
  (<Type>() => Type extends One ? 1 : 2) extends <Type>() => Type extends Other ? 1 : 2
    ? true
    : false;

function expectSame<One, Other>(same: Same<One, Other>): void {
  assert.equal(same, true);
}

const library = defineService('library', {
  find: method({
    params: z.object({ isbn: z.string(), copies: z.number().default(1) }),
    result: z.object({ title: z.string(), year: z.number() }),
  }),
  size: method({ params: z.object({}), result: z.number() }),
  titles: streamMethod({ params: z.object({ from: z.number() }), item: z.string() }),
});

type Library = Client<typeof library>;

/** Never run: what matters is whether each line compiles. */
export async function misuse(client: Library, channel: Channel): Promise<void> {
  // @ts-expect-error a parameter is missing
  await client.find({});
  // @ts-expect-error no parameters at all
  await client.find();
  // @ts-expect-error of the wrong type
  await client.find({ isbn: 7 });
  // @ts-expect-error one that the method does not take
  await client.find({ isbn: '7', author: 'Ada' });
  // @ts-expect-error the result has no such field
  const { author } = await client.find({ isbn: '7' });
  // @ts-expect-error the result is no string
  const size: string = await client.size();
  // @ts-expect-error there is no such method
  await client.burn({});
  // @ts-expect-error a deadline is a number
  await client.size({}, { deadline: '1 s' });
  // @ts-expect-error a stream is no promise of a result
  const titles: Promise<string[]> = client.titles({ from: 1 });
  for await (const title of client.titles({ from: 1 })) {
    // @ts-expect-error an item is a string
    title.toFixed();
  }
  // @ts-expect-error a method cannot be replaced
  client.size = async () => 1;
  // @ts-expect-error a service is declared, not named
  await connect('json+tcp://127.0.0.1:1', 'library');
  // @ts-expect-error nor is it its implementation
  clientOf(channel, implement(library, complete));
  assert.ok([author, size, titles]);
}

const complete: Implementation<typeof library> = {
  find: ({ isbn, copies }) => ({ title: isbn.repeat(copies), year: 1 }),
  size: async () => 2,
  titles: ({ from }) => [String(from)],
};

/** Never run, as {@link misuse}. */
export function misimplement(): void {
  // @ts-expect-error a method is missing
  implement(library, { find: complete.find, size: complete.size });
  // @ts-expect-error the result is of the wrong type
  implement(library, { ...complete, size: () => 'two' });
  // @ts-expect-error so is the promised one
  implement(library, { ...complete, find: async () => ({ title: 'a' }) });
  // @ts-expect-error a stream gives items
  implement(library, { ...complete, titles: () => 7 });
  // @ts-expect-error of the declared type
  implement(library, { ...complete, titles: () => [7] });
  // @ts-expect-error the parameters are those declared
  implement(library, { ...complete, size: ({ from }) => from });
  // @ts-expect-error a method has parameters
  method({ result: z.number() });
  // @ts-expect-error that a schema describes
  method({ params: { isbn: 'string' }, result: z.number() });
}

suite('the types of a service', () => {
  test('are those of its declaration, on the side of the client and of the implementation', () => {
    type Find = Library['find'];
    expectSame<Parameters<Find>[0], { isbn: string; copies?: number | undefined }>(true);
    expectSame<Awaited<ReturnType<Find>>, { title: string; year: number }>(true);
    expectSame<ReturnType<Library['titles']>, AsyncGenerator<string, void, undefined>>(true);
    type Given = Parameters<Implementation<typeof library>['find']>[0];
    expectSame<Given, { isbn: string; copies: number }>(true);
    assert.equal(implement(library, complete).methods.size, 3);
  });
});
