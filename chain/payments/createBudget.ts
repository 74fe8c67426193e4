import { TributaryError } from '../../kernel/index.ts'

export type Budget = {
  /** Counts an amount as spent, at once, so that concurrent buyers can't overspend. Throws budget/… */
  reserve: (amountWei: bigint) => void
  spentWei: () => bigint
  leftWei: () => bigint
}

/**
 * A limit for each payment and one for all. In memory: the caller restores `spentWei` from its own records.
 * Throws budget/per-payment, budget/exceeded.
 */
export function createBudget(limits: { maxPerPaymentWei: bigint; budgetWei: bigint; spentWei: bigint }): Budget {
  const { maxPerPaymentWei, budgetWei } = limits
  let spent = limits.spentWei
  return {
    reserve: (amountWei) => {
      if (amountWei > maxPerPaymentWei) {
        throw new TributaryError('The price is over the limit for one payment.', {
          code: 'budget/per-payment',
          facts: { askedWei: String(amountWei), maxPerPaymentWei: String(maxPerPaymentWei) },
          tryThis: 'ask for less, or raise the limit',
        })
      }
      if (spent + amountWei > budgetWei) {
        throw new TributaryError('The budget does not cover the price.', {
          code: 'budget/exceeded',
          facts: { askedWei: String(amountWei), spentWei: String(spent), budgetWei: String(budgetWei) },
          tryThis: 'stop here, or grant a larger budget',
        })
      }
      spent += amountWei
    },
    spentWei: () => spent,
    leftWei: () => budgetWei - spent,
  }
}
