/** A fenced block of a Markdown page. */
export interface Block {
  /** The whole info string: `console`, `text server`. */
  readonly info: string;
  /** The line of the page that its first line stands on, from 1. */
  readonly line: number;
  /** The spaces before each of its lines, inside a list. */
  readonly indent: string;
  /** Its lines without them, each with its line feed. */
  readonly code: string;
}

function countLines(text: string): number {
  return text.split('\n').length;
}

/** The fenced blocks of a page, in order; those indented in a list count too. */
export function findBlocks(page: string): readonly Block[] {
  return Array.from(page.matchAll(/^( *)```(.*)\n([^]*?)^\1```$/gm), (match) => {
    const { index, 1: indent = '', 2: info = '', 3: code = '' } = match;
    return {
      info,
      line: countLines(page.slice(0, index)) + 1,
      indent,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    };
  });
}

/** The page with other code in one of its blocks. */
export function replaceBlock(page: string, block: Block, code: string): string {
  const lines = page.split('\n');
  const indented = code.replaceAll(/^(?=.)/gm, block.indent).replace(/\n$/, '');
  lines.splice(block.line - 1, block.code.split('\n').length - 1, ...indented.split('\n'));
  return lines.join('\n');
}

/** The page with its fenced blocks emptied, line numbers kept. */
export function withoutBlocks(page: string): string {
  return page.replaceAll(/^( *)```.*\n[^]*?^\1```$/gm, (block) => block.replaceAll(/[^\n]/g, ''));
}

/** What stands between backquotes in the running text and the tables of a page. */
export function findInlineCode(page: string): readonly string[] {
  return Array.from(withoutBlocks(page).matchAll(/(`+)(.+?)\1/g), ([, , code = '']) => code.trim());
}

/** The targets of the links and images of a page. */
export function findLinks(page: string): readonly string[] {
  const text = withoutBlocks(page).replaceAll(/`[^`\n]*`/g, '');
  return Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target);
}

/** The anchors that the headings of a page give, as GitHub makes them. */
export function findAnchors(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutBlocks(page).matchAll(/^#+ +(.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
