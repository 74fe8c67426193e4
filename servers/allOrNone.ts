/** As Promise.all; but when one fails, the others are waited for too, so that what they opened can be closed. */
export async function allOrNone<T extends readonly unknown[] | []>(
  parts: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(parts)
  return Promise.all(parts)
}
