/**
 * The one text form of a tool's output on every face: JSON with sorted keys and no spaces.
 * Not RFC 8785 of `kernel`, since outputs may hold fractions (a loss in nats); nothing here is hashed for money.
 */
export function toWire(output: unknown): string {
  return JSON.stringify(sorted(output))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
