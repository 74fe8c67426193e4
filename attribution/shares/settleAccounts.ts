import type { PayeeId } from '../../kernel/index.ts'
import { apportion } from './apportion.ts'

/** What a payee is credited and charged with in an epoch, in wei. */
export type Account = { creditWei: bigint; debitWei: bigint }

export type SettledAccounts = {
  /** What each payee is paid, for all who are paid something. */
  paid: Map<PayeeId, bigint>
  /** What nobody is paid, since nobody helped more than it harmed. */
  unpaidWei: bigint
  /** What a payee owes to the next epoch; only those who owe. */
  owed: Map<PayeeId, bigint>
}

/**
 * Sets the losses of an epoch, and those carried from epochs before, against its gains.
 *
 *   net[p]  = credit[p] - debit[p] - owed[p]
 *   paid    = apportion(sum of credits, max(0, net)),      owed for the next epoch = max(0, -net)
 *
 * So all credits are paid out, to those who helped more than they harmed and in that proportion, and a loss is never forgotten
 * while the name wants to be paid. Pure; the order of accounts does not matter (ties of a remainder: larger net, smaller id).
 * A name that was cut into several with the same part of each gain and loss earns the same together.
 * Known weakness: whoever owes can go on under a new name; measured in docs/what-is-paid.md, with and without a stake.
 * Units: wei. Cost: one sort.
 */
export function settleAccounts(
  accounts: ReadonlyMap<PayeeId, Account>,
  owedBefore: ReadonlyMap<PayeeId, bigint> = new Map(),
): SettledAccounts {
  const payees = [...new Set([...accounts.keys(), ...owedBefore.keys()])].toSorted()
  const nets = payees.map((payee) => {
    const { creditWei, debitWei } = accounts.get(payee) ?? { creditWei: 0n, debitWei: 0n }
    return creditWei - debitWei - (owedBefore.get(payee) ?? 0n)
  })
  const totalWei = [...accounts.values()].reduce((sum, { creditWei }) => sum + creditWei, 0n)
  const earning = nets.map((net) => (net > 0n ? net : 0n))
  const nobody = earning.every((net) => net === 0n)
  const parts = nobody ? earning : apportion(totalWei, earning)
  return {
    paid: new Map(payees.flatMap((payee, i) => (parts[i]! > 0n ? [[payee, parts[i]!]] : []))),
    unpaidWei: nobody ? totalWei : 0n,
    owed: new Map(payees.flatMap((payee, i) => (nets[i]! < 0n ? [[payee, -nets[i]!]] : []))),
  }
}
