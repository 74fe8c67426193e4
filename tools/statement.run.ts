import { splitFee } from '../attribution/index.ts'
import { ppmInteger, toWeiString, type Digest } from '../kernel/index.ts'
import {
  attributionsOfEpoch,
  getRule,
  listEpochs,
  receiptsOfEpoch,
  samplesOfPayee,
  statementOf,
} from '../store/index.ts'
import type { statement } from './statement.ts'
import type { Run } from './runTool.ts'
import { emptyRoot } from './settlement/computeStatement.ts'

export const run: Run<typeof statement> = async ({ payee }, { store }) => {
  const leaves = await statementOf(store, { payee })
  const { samples, accepted } = await samplesOfPayee(store, { payee })
  const epochs = []
  // Also epochs in which it only lost, and so has no leaf yet: what it owes is set against later gains.
  for (const { number: epoch, root, owed } of await listEpochs(store, {})) {
    if (root === null) continue
    const leaf = leaves.find((one) => one.epoch === epoch)
    const own = (owed ?? []).filter((one) => one.payee === payee)
    const attributions = new Map(
      (await attributionsOfEpoch(store, { epoch })).map(({ attribution }) => [attribution.receipt, attribution]),
    )
    const answers = []
    let rule: Digest | undefined
    for (const { id, receipt } of await receiptsOfEpoch(store, { epoch })) {
      const attribution = attributions.get(id)
      if (!attribution) continue
      rule = receipt.rule
      const split = splitFee(BigInt(receipt.feeWei), await getRule(store, { digest: receipt.rule }), attribution)
      const wei = split.payees.find((entry) => entry.payee === payee)?.wei ?? 0n
      const chargedWei = split.charges.find((entry) => entry.payee === payee)?.wei ?? 0n
      const sharePpm = attribution.payees.find((entry) => entry.payee === payee)?.sharePpm ?? 0
      if (wei === 0n && chargedWei === 0n) continue
      answers.push({
        receipt: id,
        sharePpm: ppmInteger.parse(sharePpm),
        wei: toWeiString(wei),
        chargedWei: toWeiString(chargedWei),
      })
    }
    if (leaf === undefined && answers.length === 0) continue
    epochs.push({
      epoch,
      root,
      rule: rule ?? emptyRoot,
      earnedWei: toWeiString(leaf?.epochWei ?? 0n),
      owedWei: toWeiString(own.reduce((sum, { wei }) => sum + BigInt(wei), 0n)),
      answers,
    })
  }
  return {
    payee,
    samples,
    accepted,
    earnedWei: toWeiString(leaves.at(-1)?.cumulativeWei ?? 0n),
    claimedWei: toWeiString(
      leaves.reduce((sum, { epochWei, claimedTx }) => (claimedTx === null ? sum : sum + epochWei), 0n),
    ),
    epochs,
  }
}
