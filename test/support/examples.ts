/** One block of TypeScript found in a doc comment or in a page of the documentation. */
export interface Example {
  /** Where it comes from, as in `src/transport/listen.ts`. */
  readonly file: string;
  /** The line of the file that its first line stands on, from 1. */
  readonly line: number;
  /** The symbol that it documents, or the heading it stands under; empty when there is none. */
  readonly symbol: string;
  readonly code: string;
}

/** What a declaration, or a member of one, begins with before its name. */
const beforeName =
  /^\s*(?:(?:export|default|declare|abstract|async|static|readonly|override|get|set|class|interface|type|function\*?|const|let)\s+)*([#\w$]+)/;

function countLines(text: string): number {
  return text.split('\n').length;
}

/** The fenced `ts` blocks of a text whose lines bear no comment stars, each with its line from 1. */
function findBlocks(text: string): { readonly line: number; readonly code: string }[] {
  return Array.from(text.matchAll(/^```ts\n([^]*?)^```$/gm), ({ index, 1: code = '' }) => ({
    line: countLines(text.slice(0, index)) + 1,
    code,
  }));
}

/** The examples in the doc comments of a module. */
export function findDocumentedExamples(file: string, text: string): readonly Example[] {
  return Array.from(text.matchAll(/\/\*\*[^]*?\*\//g)).flatMap(({ index, 0: comment }) => {
    const first = countLines(text.slice(0, index));
    const symbol = beforeName.exec(text.slice(index + comment.length))?.[1] ?? '';
    const bare = comment.replaceAll(/^[ \t]*\* ?/gm, '');
    return findBlocks(bare).map(({ line, code }) => ({
      file,
      line: first + line - 1,
      symbol,
      code,
    }));
  });
}

/** The examples in a Markdown page that use this package; other TypeScript is only to be read. */
export function findPageExamples(file: string, text: string): readonly Example[] {
  return findBlocks(text)
    .filter(({ code }) => /(?:from|import) '(?:guichet)(?:\/|')/.test(code))
    .map(({ line, code }) => {
      const before = text.split('\n').slice(0, line);
      const heading = before.findLast((each) => each.startsWith('#')) ?? '';
      return { file, line, symbol: heading.replace(/^#+ */, ''), code };
    });
}
