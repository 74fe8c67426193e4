import type { Adoption } from '../../chain/index.ts'
import type { Digest } from '../../kernel/index.ts'

/** How long a home may go on by a rule after another was adopted, and how far clocks of servers and blocks may differ. */
export const graceMs = 10 * 60_000

/** Whether a document was in force at a time in milliseconds since 1970, give or take the grace. `adoptions` oldest first. */
export function ruleInForce(
  adoptions: readonly Pick<Adoption, 'digest' | 'adoptedAt'>[],
  digest: Digest,
  atMs: number,
): boolean {
  return adoptions.some((adoption, i) => {
    const next = adoptions[i + 1]
    const from = adoption.adoptedAt * 1_000 - graceMs
    const until = next === undefined ? Infinity : next.adoptedAt * 1_000 + graceMs
    return adoption.digest === digest && from <= atMs && atMs <= until
  })
}
