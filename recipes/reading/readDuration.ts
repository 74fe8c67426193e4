const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `90s`, `15m`, `2h` or `7d` in milliseconds; undefined for anything else, and for more than a year. */
export function readDuration(text: string): number | undefined {
  const found = /^(\d{1,9})\s?(s|m|h|d)$/.exec(text.trim())
  if (!found) return undefined
  const ms = Number(found[1]) * units[found[2] as keyof typeof units]
  return ms > 0 && ms <= 366 * units.d ? ms : undefined
}
