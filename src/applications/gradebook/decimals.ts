const notation = /^\d{1,6}(?:\.\d{1,6})?$/;

/** Whether a text is a decimal that is not negative. */
export function isDecimal(text: string): boolean {
  return notation.test(text);
}

/** The decimal that was meant by a text such as `.5`, `12.` or `12,5`, which is none. */
export function suggestDecimal(text: string): string | undefined {
  const [, before = '', after = ''] = /^(\d{0,6})[.,](\d{0,6})$/.exec(text.trim()) ?? [];
  const meant = after === '' ? before : `${before || '0'}.${after}`;
  return isDecimal(meant) ? meant : undefined;
}
