/**
 * The candidate a misspelt name most likely meant: at most two letters added, left out, changed or
 * swapped with their neighbour, and fewer than half of the letters; case counts for nothing.
 */
export function findNearest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  let nearest: string | undefined;
  let allowed = Math.min(2, Math.ceil(wanted.length / 2) - 1);
  for (const candidate of candidates) {
    const edits = countEdits(wanted, candidate.toLowerCase(), allowed);
    if (edits > allowed) continue;
    nearest = candidate;
    allowed = edits - 1;
  }
  return nearest;
}

/**
 * The edits between two words, or Infinity when there are more than `allowed`: row by row of the
 * table of all their beginnings, of which only the diagonal that so few edits can reach is filled in.
 */
function countEdits(from: string, to: string, allowed: number): number {
  if (Math.abs(from.length - to.length) > allowed) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: allowed + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current: number[] = [];
    const end = Math.min(to.length, row + allowed);
    for (let column = Math.max(0, row - allowed); column <= end; column += 1) {
      const letter = from.charAt(row - 1);
      const isSame = column > 0 && letter === to.charAt(column - 1);
      const isSwap =
        row > 1 &&
        column > 1 &&
        letter === to.charAt(column - 2) &&
        from.charAt(row - 2) === to.charAt(column - 1);
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        isSwap ? at(beforeLast, column - 2) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
