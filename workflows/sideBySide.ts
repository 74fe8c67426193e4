/**
 * Works on all items, so many at a time, each begun in their order. A worker takes four steps at once: one place stays free
 * for the step that another of them waits for.
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

export const sideBySideWidth = 3
