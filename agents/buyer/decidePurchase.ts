/** What the buyer knows when it has a quote. All amounts are whole wei. */
export type Offer = {
  feeWei: bigint
  budgetWei: bigint
  spentWei: bigint
  /** Most that one answer may cost. */
  capWei: bigint
  /** Answers bought so far, and how many are wanted at least. */
  bought: number
  minimum: number
}

export type Purchase = { action: 'buy' } | { action: 'skip' | 'stop'; reason: string }

/**
 * Buys when the fee is within the cap for one payment and within what is left of the budget.
 * A fee over the cap skips the question; a fee over the rest of the budget stops; and nothing at all is bought when
 * the first quote shows that the budget can't pay for the minimum, since part of it would be of no use.
 */
export function decidePurchase({ feeWei, budgetWei, spentWei, capWei, bought, minimum }: Offer): Purchase {
  const leftWei = budgetWei - spentWei
  if (feeWei > capWei) return { action: 'skip', reason: `costs ${feeWei} wei, and one payment may cost ${capWei}` }
  if (feeWei > leftWei) return { action: 'stop', reason: `costs ${feeWei} wei, and ${leftWei} of the budget are left` }
  if (bought === 0 && feeWei * BigInt(minimum) > leftWei) {
    return {
      action: 'stop',
      reason: `${minimum} answers for ${feeWei} wei each are more than the budget of ${leftWei}`,
    }
  }
  return { action: 'buy' }
}
