/**
 * Works on all items, so many at a time, each begun in their order. A worker takes eight steps at once: two places stay
 * free for the steps that others of them wait for.
 */
export async function sideBySide<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items.values()
  const one = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: width }, one))
}

export const sideBySideWidth = 6
