/** First letters or digits of the first two words of a name, in capitals; '·' for a name without any. */
export function initialsOf(name: string): string {
  const words = name.slice(0, 200).split(/[^\p{L}\p{N}\p{M}]+/u);
  const letters = words.flatMap((word) => [...word].slice(0, 1)).slice(0, 2);
  return letters.length === 0 ? '·' : letters.join('').toUpperCase();
}
