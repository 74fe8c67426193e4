import { TributaryError } from '../kernel/index.ts'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const

/** `90s`, `5m`, `1h` as milliseconds. Throws cli/duration. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text)
  if (!match) {
    throw new TributaryError(`${text} is not a length of time.`, {
      code: 'cli/duration',
      facts: { given: text },
      tryThis: 'write a number and a unit: 90s, 5m or 1h',
    })
  }
  return Math.round(Number(match[1]) * unitMs[match[2] as keyof typeof unitMs])
}
