/** One run of characters of the same look. */
export interface Run {
  readonly text: string;
  /** The SGR parameters in force (ECMA-48, section 8.3.117): 31 to 36 colours, 2 faint, 1 bold. */
  readonly style: readonly number[];
}

const escape = '\u001b';

/** How many columns a terminal gives a text without double-width characters. */
export function countColumns(text: string): number {
  return Array.from(new Intl.Segmenter().segment(text)).length;
}

/**
 * What a terminal showed, as lines of runs. It knows line ends and the colours (SGR): a program that
 * moves the cursor is refused, since what it showed could not be told from its bytes.
 */
export function readAnsi(output: string): readonly (readonly Run[])[] {
  let style: readonly number[] = [];
  const readLine = (line: string): readonly Run[] => {
    const [first = '', ...parts] = line.split(escape);
    const runs: Run[] = [{ text: first, style }];
    for (const part of parts) {
      const groups = /^\[(?<codes>[\d;]*)m(?<text>\P{Cc}*)$/u.exec(part)?.groups;
      if (groups === undefined) {
        throw new Error(`cannot draw ${JSON.stringify(line)}: it does more than colour`);
      }
      const codes = (groups['codes'] ?? '').split(';').map(Number);
      style = codes.includes(0) ? [] : [...style, ...codes];
      runs.push({ text: groups['text'] ?? '', style });
    }
    return runs.filter(({ text }) => text !== '');
  };
  return output.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n').map(readLine);
}
