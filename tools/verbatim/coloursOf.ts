import type { Trace } from './trace.ts'

/** How many payees have a colour of their own; all others share one. */
export const payeeColours = 6

/**
 * The colour of each span: 0 to 5, that of the payee with the largest share among those who hold it; 6, those of others; 7, words
 * that are everybody's. So terminal and page agree.
 */
export function coloursOf({ payees, spans }: Pick<Trace, 'payees' | 'spans'>): number[] {
  const ranks = new Map(payees.map(({ payee }, i) => [payee, i]))
  return spans.map(({ milliBits, places }) => {
    if (milliBits === 0) return payeeColours + 1
    const best = Math.min(...places.map(({ payee }) => ranks.get(payee) ?? Infinity))
    return best < payeeColours ? best : payeeColours
  })
}
