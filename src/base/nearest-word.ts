/** The word that `given` was most likely meant to be; `undefined` when none is near. Letter case, `-` and `_` count little. */
export function nearestWord(given: string, words: readonly string[]): string | undefined {
  const plain = folded(given);
  const most = Math.max(1, Math.floor(plain.length / 3));
  let best: { readonly word: string; readonly steps: number } | undefined;
  for (const word of words) {
    const steps = editSteps(plain, folded(word));
    if (steps <= most && (best === undefined || steps < best.steps)) best = { word, steps };
  }
  return best?.word;
}

/** Names of which more than so many begin alike say nothing. */
const MOST_NAMED = 4;

/** The names of several words that hold all words of `given`: `mode` is short for `operation_mode`. None when many do. */
export function longerNames(given: string, names: readonly string[]): string[] {
  const own = partsOf(given);
  if (own.every((part) => part.length < 3)) return [];
  const found = names.filter((name) => {
    const parts = partsOf(name);
    return own.every((part) => parts.includes(part));
  });
  return found.length > MOST_NAMED ? [] : found;
}

/** The name that has all words of `given` but one: `max_count` for `max_image_count`. `undefined` when none or several do. */
export function shorterName(given: string, names: readonly string[]): string | undefined {
  const own = partsOf(given);
  const found = names.filter((name) => {
    const parts = partsOf(name);
    return parts.length === own.length - 1 && parts.every((part) => own.includes(part));
  });
  return found.length === 1 ? found[0] : undefined;
}

function partsOf(name: string): string[] {
  const words = name.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
  return words.split(/[-_ ]+/).filter(Boolean);
}

function folded(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Letters to add, drop, change or swap with their neighbour to make `b` of `a`. */
function editSteps(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      let steps = Math.min(
        (last[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) steps = Math.min(steps, (before[column - 2] ?? 0) + 1);
      line.push(steps);
    }
    before = last;
    last = line;
  }
  return last[b.length] ?? 0;
}
