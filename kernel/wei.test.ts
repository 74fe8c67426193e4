import fc from 'fast-check'
import { expect, test } from 'vitest'
import { weiString } from './schemas.ts'
import { toWeiString } from './wei.ts'

const max = 2n ** 256n - 1n

test('every amount from 0 to 2^256 - 1 reads back as itself (1,000 amounts)', () => {
  fc.assert(
    fc.property(fc.oneof(fc.bigInt(0n, max), fc.bigInt(0n, 20n), fc.bigInt(max - 20n, max)), (wei) => {
      const text = toWeiString(wei)
      expect(BigInt(text)).toBe(wei)
      expect(weiString.parse(text)).toBe(text)
    }),
    { numRuns: 1000 },
  )
})

test('-1 and 2^256 wei are refused with their amount', () => {
  for (const wei of [-1n, max + 1n]) {
    expect(() => toWeiString(wei)).toThrow(expect.objectContaining({ code: 'kernel/wei', facts: { wei: `${wei}` } }))
  }
})

test('the wire refuses signs, leading zeros, fractions, exponents, hex, spaces, 2^256 and numbers', () => {
  for (const bad of [
    '-1',
    '+1',
    '01',
    '00',
    '',
    '1.0',
    '1e18',
    '0x1',
    ' 1',
    '1 ',
    '1\n',
    `${max + 1n}`,
    '9'.repeat(79),
    1,
  ]) {
    expect(weiString.safeParse(bad).success, String(bad)).toBe(false)
  }
  expect(weiString.safeParse(`${max}`).success).toBe(true)
})
