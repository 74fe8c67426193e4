import { InvalidArgumentError } from 'commander'

/** A flag that is a whole number within bounds. */
export function parseCount({ min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number }) {
  return (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min}${max < 1e15 ? ` to ${max}` : ''}.`)
  }
}
