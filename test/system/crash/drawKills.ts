import { partNames, type PartName } from './keepUp.ts'
import { seeded } from './seeded.ts'

/** When a part is killed: at a point in time, or as soon as the database shows that this is under way. */
export const moments = ['any', 'reserved', 'answered', 'settling', 'closing', 'proposed', 'final', 'starting'] as const
export type Moment = (typeof moments)[number]

export type Kill = {
  parts: PartName[]
  moment: Moment
  /** Share of the requests that are answered before it. */
  at: number
}

// Drawn by weight: money under way is where a kill can do harm.
const drawn: readonly Moment[] = [
  ...(['any', 'any', 'any', 'reserved', 'reserved', 'answered', 'answered', 'settling', 'settling'] as const),
  ...(['closing', 'closing', 'proposed', 'final', 'starting'] as const),
]

/** At least `perPart` kills of each of the five parts, in an order and at moments that the seed decides; one in three hits two parts at once. */
export function drawKills({ perPart, seed }: { perPart: number; seed: number }): Kill[] {
  const random = seeded(seed)
  const order = random.shuffled(partNames.flatMap((part) => Array.from({ length: perPart }, () => part)))
  const kills: Omit<Kill, 'at'>[] = []
  while (order.length > 0) {
    const part = order.shift()!
    const other = order.findIndex((next) => next !== part)
    const parts = random.below(3) === 0 && other >= 0 ? [part, ...order.splice(other, 1)] : [part]
    kills.push({ parts, moment: random.pick(drawn) })
  }
  return kills.map((kill, i) => ({ ...kill, at: (i + random.unit()) / (kills.length + 1) }))
}
