import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decidePurchase } from './decidePurchase.ts'

const offer = { feeWei: 5n, budgetWei: 10n, spentWei: 0n, capWei: 10n, bought: 0, minimum: 0 }

test('buys at exactly the rest of the budget and at exactly the cap, and not for 1 wei more', () => {
  expect(decidePurchase({ ...offer, spentWei: 5n, capWei: 5n })).toEqual({ action: 'buy' })
  expect(decidePurchase({ ...offer, spentWei: 6n })).toMatchObject({ action: 'stop' })
  expect(decidePurchase({ ...offer, capWei: 4n })).toMatchObject({ action: 'skip' })
})

test('holds the minimum against the budget at the first quote only', () => {
  expect(decidePurchase({ ...offer, minimum: 2 })).toEqual({ action: 'buy' })
  expect(decidePurchase({ ...offer, minimum: 3 })).toMatchObject({ action: 'stop' })
  expect(decidePurchase({ ...offer, minimum: 3, bought: 1 })).toEqual({ action: 'buy' })
})

test('never spends more than the budget or the cap, whatever 20 fees come', () => {
  const wei = fc.bigInt(0n, 2n ** 100n)
  fc.assert(
    fc.property(fc.array(wei, { maxLength: 20 }), wei, wei, (fees, budgetWei, capWei) => {
      let spentWei = 0n
      let bought = 0
      for (const feeWei of fees) {
        if (decidePurchase({ feeWei, budgetWei, spentWei, capWei, bought, minimum: 0 }).action !== 'buy') continue
        expect(feeWei).toBeLessThanOrEqual(capWei)
        spentWei += feeWei
        bought++
      }
      expect(spentWei).toBeLessThanOrEqual(budgetWei)
      const cheap = fees.some((feeWei) => feeWei <= capWei && feeWei <= budgetWei)
      expect(bought > 0).toBe(cheap)
    }),
    { seed: 7 },
  )
})
