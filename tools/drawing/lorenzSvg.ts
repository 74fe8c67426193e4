import { escapeText } from './escapeText.ts'
import { svgFrame } from './svgFrame.ts'

const width = 560
const height = 520
const left = 64
const top = 48
const side = 400

/**
 * A Lorenz curve beside the line of equal shares. Points are in millionths, upwards from (0, 0); without any the line stands
 * alone. Pure; cost: one string.
 */
export function lorenzSvg({
  title,
  points,
  note,
}: {
  title: string
  points: readonly { peoplePpm: number; sharePpm: number }[]
  note: string
}): string {
  const x = (ppm: number) => round(left + (ppm / 1e6) * side)
  const y = (ppm: number) => round(top + side - (ppm / 1e6) * side)
  const quarters = [0, 250_000, 500_000, 750_000, 1_000_000]
  const curve = points.map(({ peoplePpm, sharePpm }) => `${x(peoplePpm)} ${y(sharePpm)}`).join('L')
  const body = [
    ...quarters.map(
      (ppm) =>
        `<path class="grid" d="M${x(ppm)} ${top}V${top + side}M${left} ${y(ppm)}H${left + side}"/><text class="small middle" x="${x(ppm)}" y="${top + side + 18}">${ppm / 10_000} %</text><text class="small end" x="${left - 8}" y="${y(ppm) + 4}">${ppm / 10_000} %</text>`,
    ),
    `<path class="goal" d="M${x(0)} ${y(0)}L${x(1_000_000)} ${y(1_000_000)}"/>`,
    `<text class="small" transform="translate(${x(330_000)} ${y(365_000)}) rotate(-45)">equal shares</text>`,
    ...(points.length === 0 ? [] : [`<path class="line s0" d="M${curve}"/>`]),
    `<text class="small middle" x="${left + side / 2}" y="${top + side + 40}">payees, the smallest first</text>`,
    `<text class="small middle" transform="translate(16 ${top + side / 2}) rotate(-90)">part of the money</text>`,
    `<text class="small" x="20" y="${height - 10}">${escapeText(note)}</text>`,
  ]
  return svgFrame({ width, height, title, about: note, body })
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
