/**
 * The candidate that a misspelt word most likely meant, or `undefined` if none is near. Upper and lower case,
 * `_` and `-` make no difference.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word);
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const other = plain(candidate);
    // A whole word of the candidate ("launching" for INSTANCE_LAUNCHING) is as good as a small slip.
    const distance = wanted.length > 3 && other.includes(wanted) ? 1 : editDistance(wanted, other);
    if (distance <= Math.ceil(other.length / 3) && (best === undefined || distance < best.distance)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[_\s-]/g, "");
}

/** Levenshtein's distance: how many letters to insert, delete or change to make one word the other. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const change = from[row - 1] === to[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + change,
        ),
      );
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
