import type { EpochSplit } from '../../attribution/index.ts'
import { toWeiString, type PayeeId } from '../../kernel/index.ts'
import type { RoleTotals } from './backtestReport.ts'

type Sums = { [Role in keyof RoleTotals]: bigint }

/** What a play of epochs has paid so far: by payee and by role. Memory: the payees. */
export class Ledger {
  /** All that each payee earned, for whatever it was. */
  readonly earned = new Map<PayeeId, bigint>()
  receivedWei = 0n
  readonly #accounts: { server: PayeeId; modelOwner: PayeeId }
  readonly #sums: Sums = { contributorsWei: 0n, serverWei: 0n, modelOwnerWei: 0n, treasuryWei: 0n, poolWei: 0n }

  constructor(accounts: { server: PayeeId; modelOwner: PayeeId }) {
    this.#accounts = accounts
  }

  /** Enters an epoch and returns where its money went. */
  enter(split: EpochSplit): RoleTotals {
    const { receivedWei, paidWei, serverWei, modelOwnerWei, treasuryWei, poolWei, payees } = split
    const contributorsWei = paidWei - serverWei - modelOwnerWei
    const sums: Sums = { contributorsWei, serverWei, modelOwnerWei, treasuryWei, poolWei }
    for (const role of roles) this.#sums[role] += sums[role]
    for (const { payee, cumulativeWei } of payees) this.earned.set(payee, cumulativeWei)
    this.receivedWei += receivedWei
    return written(sums)
  }

  totals(): RoleTotals {
    return written(this.#sums)
  }

  /** What a payee earned by contributing: without what it earned as server or model owner. */
  contributedWei(payee: PayeeId): bigint {
    const { server, modelOwner } = this.#accounts
    const asServer = payee === server ? this.#sums.serverWei : 0n
    const asOwner = payee === modelOwner ? this.#sums.modelOwnerWei : 0n
    return (this.earned.get(payee) ?? 0n) - asServer - asOwner
  }

  contributors(): PayeeId[] {
    return [...this.earned.keys()].filter((payee) => this.contributedWei(payee) > 0n)
  }
}

const roles = ['contributorsWei', 'serverWei', 'modelOwnerWei', 'treasuryWei', 'poolWei'] as const

function written(sums: Sums): RoleTotals {
  return {
    contributorsWei: toWeiString(sums.contributorsWei),
    serverWei: toWeiString(sums.serverWei),
    modelOwnerWei: toWeiString(sums.modelOwnerWei),
    treasuryWei: toWeiString(sums.treasuryWei),
    poolWei: toWeiString(sums.poolWei),
  }
}
