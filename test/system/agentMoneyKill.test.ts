import { expect, test } from 'vitest'
import { killAgents } from './harness/killAgents.ts'

/** In the order in which they come: a paid answer, the root on chain, the claims, an audit, a block of the training, the adapter on chain. */
const kills = ['after ask', 'after propose_root', 'after claim', 'before audit', 'after train_block', 'after register_adapter'] // prettier-ignore
const wei = (value: unknown) => BigInt(String(value))

test('buyer, treasurer, auditor and trainer on a real chain and engine, killed at 6 moments, leave the home of an undisturbed run: every wei, event, effect, line and adapter', async () => {
  const { calm, killed, moments } = await killAgents(kills)
  expect(moments).toEqual(kills)
  const { buyer, treasurer, auditor, trainer } = calm.output
  expect([buyer['enough'], treasurer['outcome'], auditor['passed'], trainer['outcome']]).toEqual([true, 'closed', 2, 'published']) // prettier-ignore
  expect(killed).toEqual(calm)

  // Two answers were paid for, once each, and every wei of them is where the report says.
  const { held, books, events, epochs, adapters } = killed.state
  const { receivedWei, paidWei, treasuryWei, poolWei, claimedWei } = treasurer.report
  expect(books.paid).toHaveLength(2)
  expect(books.paid.reduce((sum, paid) => sum + wei(paid), 0n)).toBe(wei(receivedWei))
  expect(wei(books.buyer)).toBe(100n * 10n ** 18n - wei(receivedWei))
  expect(wei(receivedWei)).toBe(wei(paidWei) + wei(treasuryWei) + wei(poolWei))
  expect(held.reduce((sum, line) => sum + wei(line.split(' ')[1]), 0n)).toBe(wei(paidWei))
  expect(claimedWei).toBe(paidWei)
  expect([books.feeEscrow, books.vault]).toEqual(['0', '0'])
  expect(Object.values(events).length).toBeGreaterThan(10)
  expect(epochs).toEqual(['1 claimed', '2 open'])
  expect(adapters).toHaveLength(2)
})
