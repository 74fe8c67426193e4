import fc from 'fast-check'
import type { ShareProperty } from './shareProperties.ts'

export type CheckedProperty = ShareProperty & {
  cases: number
  /** The smallest inputs that break it, where there are some, and what does not hold for them. */
  counterExample?: string
}

/** Runs one property for so many cases, from one seed. A counter-example ends it. */
export function checkProperty(one: ShareProperty, { cases, seed }: { cases: number; seed: number }): CheckedProperty {
  // All of them are synchronous, so the report is at hand.
  const found = fc.check(one.property, { numRuns: cases, seed }) as fc.RunDetails<unknown>
  if (!found.failed) return { ...one, cases: found.numRuns }
  const { counterexample, errorInstance } = found
  const what = errorInstance instanceof Error ? errorInstance.message : 'too few inputs fit'
  return { ...one, cases: found.numRuns, counterExample: `${what}: ${fc.stringify(counterexample)}` }
}

/** How often `npm test` tries each property; the table of evals tries each 100,000 times. */
export const casesInTests = 2_000
