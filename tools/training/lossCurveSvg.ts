import { escapeText } from '../drawing/escapeText.ts'

/** Size and margins of the picture, in pixels. */
const width = 720
const height = 320
const margin = { top: 40, right: 24, bottom: 44, left: 56 }

export type LossCurve = {
  title: string
  /** Mean training loss of each step, nats per token. */
  lossesNats: readonly number[]
  heldOutBeforeNats: number
  heldOutAfterNats: number
}

/**
 * The loss of a run as an SVG of its own: a thin line for the steps, a thick one for their running mean, and the held-out
 * loss before and after as dashed levels. Plain shapes and text, readable in light and dark.
 */
export function lossCurveSvg({ title, lossesNats, heldOutBeforeNats, heldOutAfterNats }: LossCurve): string {
  const levels = [...lossesNats, heldOutBeforeNats, heldOutAfterNats].filter(Number.isFinite)
  const [low, high] = padded(Math.min(...levels), Math.max(...levels))
  const x = (step: number) =>
    margin.left + (step / Math.max(1, lossesNats.length - 1)) * (width - margin.left - margin.right)
  const y = (nats: number) => margin.top + ((high - nats) / (high - low)) * (height - margin.top - margin.bottom)
  const line = (values: readonly number[]) =>
    values.map((v, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join('')
  const ticks = Array.from({ length: 5 }, (_, i) => low + ((high - low) * i) / 4)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${margin.left}" y="22" font-size="14" font-weight="600" fill="#111">${escapeText(title)}</text>`,
    ...ticks.map(
      (nats) =>
        `<path d="M${margin.left} ${y(nats).toFixed(1)}H${width - margin.right}" stroke="#e5e7eb"/><text x="${margin.left - 8}" y="${(y(nats) + 4).toFixed(1)}" text-anchor="end" fill="#555">${nats.toFixed(2)}</text>`,
    ),
    `<text x="${width / 2}" y="${height - 10}" text-anchor="middle" fill="#555">step (0 to ${lossesNats.length - 1}); loss in nats per token</text>`,
    `<path d="${line(lossesNats)}" fill="none" stroke="#93c5fd" stroke-width="1"/>`,
    `<path d="${line(runningMean(lossesNats, 8))}" fill="none" stroke="#1d4ed8" stroke-width="2.5"/>`,
    level(y(heldOutBeforeNats), `held-out before ${heldOutBeforeNats.toFixed(3)}`, '#b45309'),
    level(y(heldOutAfterNats), `held-out after ${heldOutAfterNats.toFixed(3)}`, '#047857'),
    '</svg>',
    '',
  ].join('\n')
}

function level(at: number, label: string, colour: string): string {
  return `<path d="M${margin.left} ${at.toFixed(1)}H${width - margin.right}" stroke="${colour}" stroke-dasharray="6 4"/><text x="${width - margin.right}" y="${(at - 6).toFixed(1)}" text-anchor="end" fill="${colour}">${label}</text>`
}

function runningMean(values: readonly number[], span: number): number[] {
  return values.map((_, i) => {
    const window = values.slice(Math.max(0, i - span + 1), i + 1)
    return window.reduce((sum, v) => sum + v, 0) / window.length
  })
}

function padded(low: number, high: number): [number, number] {
  const room = Math.max((high - low) * 0.08, 0.01)
  return [low - room, high + room]
}
