/** Whether a key is the one that a sample configuration ships. */
export function isSampleKey(key: string): boolean {
  return /^your[_-]?api[_-]?key/i.test(key.trim());
}
