import { escapeText } from './escapeText.ts'
import { niceTicks } from './niceTicks.ts'
import { svgFrame } from './svgFrame.ts'

const width = 760
const barHeight = 18
const rowHeight = 28
const top = 48
const right = 84
const letterWidth = 7.2

export type IntervalBar = {
  label: string
  value: number
  /** Ends of the interval around the value, as 0.05 and 0.95 of the bootstrap. */
  low?: number
  high?: number
  /** A peer is drawn in grey. */
  mark?: 'ours' | 'peer'
}

/**
 * One figure by method, such as LDS: a horizontal bar each, its interval as a whisker, its number beside it.
 * The axis holds every value, interval, goal and 0, and what `from` and `to` name besides. A value that is not finite is
 * written as 'not measured'. Pure; cost: one string.
 */
export function intervalBarsSvg({
  title,
  unit,
  bars,
  goal,
  from = 0,
  to = 0,
}: {
  title: string
  unit: string
  bars: readonly IntervalBar[]
  goal?: { value: number; label: string }
  from?: number
  to?: number
}): string {
  const numbers = [from, to, goal?.value, ...bars.flatMap(({ value, low, high }) => [value, low, high])]
  const finite = [0, ...numbers.filter((n) => n !== undefined && Number.isFinite(n))] as number[]
  const ticks = niceTicks(Math.min(...finite), Math.max(...finite))
  const [first, last] = [ticks[0]!, ticks.at(-1)!]
  const left = Math.min(300, 28 + letterWidth * Math.max(...bars.map(({ label }) => label.length), 6))
  const x = (value: number) => round(left + ((value - first) / (last - first)) * (width - left - right))
  const bottom = top + bars.length * rowHeight
  const body = ticks.map(
    (tick) =>
      `<path class="${tick === 0 ? 'axis' : 'grid'}" d="M${x(tick)} ${top - 8}V${bottom}"/><text class="small middle" x="${x(tick)}" y="${bottom + 18}">${tick}</text>`,
  )
  for (const [i, bar] of bars.entries()) body.push(row(bar, top + i * rowHeight, left, x))
  if (goal) {
    body.push(
      `<path class="goal" d="M${x(goal.value)} ${top - 8}V${bottom}"/><text class="small middle" x="${x(goal.value)}" y="${top - 12}">${escapeText(goal.label)}</text>`,
    )
  }
  body.push(
    `<text class="small middle" x="${(left + width - right) / 2}" y="${bottom + 38}">${escapeText(unit)}</text>`,
  )
  const about = bars.map(({ label, value }) => `${label} ${written(value)}`).join(', ')
  return svgFrame({ width, height: bottom + 52, title, about, body })
}

function row({ label, value, low, high, mark }: IntervalBar, at: number, left: number, x: (value: number) => number) {
  const middle = at + rowHeight / 2 - 4
  const name = `<text class="end" x="${left - 10}" y="${middle + 4}">${escapeText(cut(label))}</text>`
  if (!Number.isFinite(value)) return `${name}<text class="small" x="${x(0) + 6}" y="${middle + 4}">not measured</text>`
  const [start, end] = value < 0 ? [x(value), x(0)] : [x(0), x(value)]
  const bar = `<rect class="${mark === 'peer' ? 'peer' : 's0'}" x="${start}" y="${middle - barHeight / 2}" width="${round(Math.max(1, end - start))}" height="${barHeight}" rx="2"/>`
  const interval = low !== undefined && high !== undefined && Number.isFinite(low) && Number.isFinite(high)
  const whisker = interval
    ? `<path class="whisker" d="M${x(low)} ${middle}H${x(high)}M${x(low)} ${middle - 5}v10M${x(high)} ${middle - 5}v10"/>`
    : ''
  const beside = Math.max(x(value), interval ? x(high) : 0, x(0)) + 8
  return `${name}${bar}${whisker}<text class="small" x="${beside}" y="${middle + 4}">${written(value)}</text>`
}

function cut(label: string): string {
  return label.length <= 38 ? label : `${label.slice(0, 37)}…`
}

function written(value: number): string {
  if (!Number.isFinite(value)) return 'not measured'
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(3).replace(/^(-?)0\./, '$1.')
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
