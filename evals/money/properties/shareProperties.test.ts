import { expect, test } from 'vitest'
import { casesInTests, checkProperty } from './checkProperty.ts'
import { shareProperties } from './shareProperties.ts'

test('there are 9 properties', () => expect(shareProperties).toHaveLength(9))

test.each(shareProperties.map((one) => [one.name, one.claim, one] as const))(
  `${casesInTests} cases: %s: %s`,
  (_name, _claim, one) => {
    const { cases, counterExample } = checkProperty(one, { cases: casesInTests, seed: 7 })
    expect(counterExample).toBe(undefined)
    expect(cases).toBe(casesInTests)
  },
)
