/** Runs `work` as a user whom permissions bind: the tests may run as root, whom nothing stops. */
export async function withoutPower<T>(work: () => T | Promise<T>): Promise<T> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
