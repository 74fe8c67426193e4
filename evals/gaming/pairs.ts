import type { PayeeId } from '../../kernel/index.ts'
import { seededUniform } from '../../models/index.ts'
import type { Attack } from './attacks.ts'
import type { Coalition, Name } from './Game.ts'

/** The other source of a planted pair: as a name of its own, honest or not. */
export const twin = 'npm:twin' as PayeeId

/**
 * The names of a market in which somebody says in other words what a payee says: all twelve with their own samples, and the
 * twin, whose samples are those that were added.
 */
export function namesOfPair({ attacker, names, game }: Attack): Name[] {
  const out = (label: string): readonly number[] => game.coalitions.find((one) => one.label === label)!.out
  return [
    ...names.map((name) => (name.owner === attacker ? { label: 'own', owner: attacker, out: out('own') } : name)),
    { label: 'added', owner: twin, out: out('added') },
  ]
}

/** Random markets: each name in or out by a fair coin. `out` of coalition k is everything of the names that are not in it. */
export function drawnCoalitions(names: readonly Name[], { count, seed }: { count: number; seed: number }): Coalition[] {
  const uniform = seededUniform(`coalitions ${seed}`)
  return Array.from({ length: count }, (_, k) => {
    const out = names.flatMap((name) => (uniform() < 0.5 ? name.out : []))
    return { label: `coalition ${k}`, out }
  })
}
