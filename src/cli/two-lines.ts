import { printable } from '../observe/index.ts';

/** Cuts a text where a reader sees characters. */
const segmenter = new Intl.Segmenter();

/** Characters that a terminal draws over two columns (Unicode's East Asian Width, and emoji). */
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** The end of a text, as much as fits in so many columns. */
export function fitEnd(text: string, columns: number): string {
  const characters = Array.from(segmenter.segment(text), ({ segment }) => segment);
  let start = characters.length;
  let used = 0;
  while (start > 0) {
    const width = wide.test(characters[start - 1] ?? '') ? 2 : 1;
    if (used + width > columns) break;
    used += width;
    start--;
  }
  return characters.slice(start).join('');
}

/** Bytes kept of each side: more than any terminal's line can show. */
const maxKept = 4_096;

/** The last bytes of a side. */
class Tail {
  #bytes: Buffer = Buffer.alloc(0);

  add(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes.subarray(-maxKept)]).subarray(-maxKept);
  }

  get text(): string {
    return printable(this.#bytes);
  }
}

/** What was typed and what came back, drawn apart: one line each, redrawn in place. */
export class TwoLines {
  readonly #print: (text: string) => void;
  readonly #labels: readonly [typed: string, echoed: string];
  readonly #inPlace: boolean;
  readonly #typed = new Tail();
  readonly #echoed = new Tail();
  #isDrawn = false;

  /** @param inPlace whether nothing else is written between two drawings. */
  constructor(
    print: (text: string) => void,
    labels: readonly [typed: string, echoed: string],
    inPlace: boolean,
  ) {
    this.#print = print;
    this.#labels = labels;
    this.#inPlace = inPlace;
  }

  addTyped(bytes: Uint8Array): void {
    this.#typed.add(bytes);
    this.draw();
  }

  addEchoed(bytes: Uint8Array): void {
    this.#echoed.add(bytes);
    this.draw();
  }

  draw(): void {
    const up = this.#isDrawn && this.#inPlace ? '\u001b[1A\r\u001b[J' : '';
    const [typed, echoed] = this.#labels;
    const last = this.#inPlace ? '' : '\n';
    this.#isDrawn = true;
    const lines = [this.#line(typed, this.#typed), this.#line(echoed, this.#echoed)];
    this.#print(`${up}${lines.join('\n')}${last}`);
  }

  /** Leaves the cursor on a line of its own. */
  end(): void {
    if (this.#isDrawn && this.#inPlace) this.#print('\n');
    this.#isDrawn = false;
  }

  /** A line that wraps could not be redrawn. */
  #line(label: string, tail: Tail): string {
    const room = Math.max(8, (process.stdout.columns || 80) - label.length - 3);
    return `${label}  ${fitEnd(tail.text, room)}`;
  }
}
