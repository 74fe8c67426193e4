import type { Row } from '../../renderTable.ts'

/** What must hold of a row's value or of its ratio; `note` is said beside it. */
type Goal = { of: 'value' | 'ratio'; note?: string } & ({ least: number } | { most: number })

/** A row with its ratio, and its goal in words with whether it is met. */
export function judged(row: Omit<Row, 'ratio' | 'goal' | 'met'>, goal?: Goal): Row {
  const ratio = row.peerValue === undefined ? undefined : row.value / row.peerValue
  const withRatio = ratio === undefined ? row : { ...row, ratio }
  if (!goal) return withRatio
  const found = goal.of === 'ratio' ? ratio : row.value
  const [sign, limit] = 'least' in goal ? (['>=', goal.least] as const) : (['<=', goal.most] as const)
  const words = `${sign} ${limit}${goal.of === 'ratio' ? 'x' : ` ${row.unit}`}${goal.note ? ` (${goal.note})` : ''}`
  const met = found !== undefined && (sign === '>=' ? found >= limit : found <= limit)
  return { ...withRatio, goal: words, met }
}
