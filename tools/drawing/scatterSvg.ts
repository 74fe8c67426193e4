import { escapeText } from './escapeText.ts'
import { niceTicks } from './niceTicks.ts'
import { seriesColours, svgFrame } from './svgFrame.ts'

const width = 760
const height = 480
const margin = { top: 52, right: 28, bottom: 58, left: 76 }

export type ScatterPoint = { x: number; y: number; label?: string; series?: string }

/**
 * Points on two axes: predicted against actual change, or a frontier. `series` is a colour with a legend, `label` is
 * written beside its point, `diagonal` draws x = y. Points that are not finite are left out and counted in the note.
 * Pure; cost: one string of about 60 bytes a point.
 */
export function scatterSvg({
  title,
  x: xLabel,
  y: yLabel,
  points,
  diagonal = false,
  note = '',
}: {
  title: string
  x: string
  y: string
  points: readonly ScatterPoint[]
  diagonal?: boolean
  note?: string
}): string {
  const drawn = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
  const xs = drawn.length > 0 ? drawn.map(({ x }) => x) : [0, 1]
  const ys = drawn.length > 0 ? drawn.map(({ y }) => y) : [0, 1]
  const xTicks = niceTicks(Math.min(...xs), Math.max(...xs), 6)
  const yTicks = niceTicks(Math.min(...ys), Math.max(...ys), 6)
  const right = width - margin.right
  const bottom = height - margin.bottom
  const x = scale(xTicks, margin.left, right)
  const y = scale(yTicks, bottom, margin.top)
  const series = [...new Set(drawn.map((point) => point.series ?? ''))]
  const left = points.length - drawn.length
  const body = [
    ...xTicks.map(
      (tick) =>
        `<path class="${tick === 0 ? 'axis' : 'grid'}" d="M${x(tick)} ${margin.top}V${bottom}"/><text class="small middle" x="${x(tick)}" y="${bottom + 18}">${tick}</text>`,
    ),
    ...yTicks.map(
      (tick) =>
        `<path class="${tick === 0 ? 'axis' : 'grid'}" d="M${margin.left} ${y(tick)}H${right}"/><text class="small end" x="${margin.left - 8}" y="${y(tick) + 4}">${tick}</text>`,
    ),
  ]
  if (diagonal) {
    const from = Math.max(xTicks[0]!, yTicks[0]!)
    const to = Math.min(xTicks.at(-1)!, yTicks.at(-1)!)
    if (to > from) body.push(`<path class="goal" d="M${x(from)} ${y(from)}L${x(to)} ${y(to)}"/>`)
  }
  for (const point of drawn) {
    const colour = series.indexOf(point.series ?? '') % seriesColours
    const at = x(point.x)
    body.push(`<circle class="s${colour}" cx="${at}" cy="${y(point.y)}" r="4" fill-opacity=".7"/>`)
    if (point.label === undefined) continue
    // A label that would leave the picture stands on the other side of its point.
    const outside = at + 8 + 7 * point.label.length > right
    body.push(
      `<text class="small${outside ? ' end' : ''}" x="${outside ? at - 8 : at + 8}" y="${y(point.y) - 6}">${escapeText(point.label)}</text>`,
    )
  }
  body.push(...legend(series))
  body.push(
    `<text class="small middle" x="${(margin.left + right) / 2}" y="${height - 22}">${escapeText(xLabel)}</text>`,
    `<text class="small middle" transform="translate(18 ${(margin.top + bottom) / 2}) rotate(-90)">${escapeText(yLabel)}</text>`,
    `<text class="small" x="20" y="${height - 6}">${escapeText(left > 0 ? `${note} ${left} points are not finite and are left out.`.trim() : note)}</text>`,
  )
  return svgFrame({ width, height, title, about: `${drawn.length} points, ${yLabel} over ${xLabel}. ${note}`, body })
}

function legend(series: readonly string[]): string[] {
  const named = series.filter((name) => name !== '')
  let at = margin.left
  return named.map((name) => {
    const colour = series.indexOf(name) % seriesColours
    const text = `<circle class="s${colour}" cx="${at}" cy="40" r="4"/><text class="small" x="${at + 9}" y="44">${escapeText(name)}</text>`
    at += 28 + 6.6 * name.length
    return text
  })
}

function scale(ticks: readonly number[], start: number, end: number): (value: number) => number {
  const first = ticks[0]!
  const last = ticks.at(-1)!
  return (value) => Math.round((start + ((value - first) / (last - first)) * (end - start)) * 10) / 10
}
