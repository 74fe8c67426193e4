/** Classes of symbols by how frequent they are: the most frequent alone, the next 2, the next 4, and so on. */
export const classCount = 16
export const classBits = 4

/** The class of the symbol that is the `order`-th most frequent, from 0: its place inside needs as many bits as its class. */
export function classOf(order: number): number {
  return 31 - Math.clz32(order + 1)
}
