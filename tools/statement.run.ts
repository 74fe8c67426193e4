import { toWeiString, type Digest } from '../kernel/index.ts'
import { listEpochs, samplesOfPayee, statementOf } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import { gatedTo } from './gating/gate.ts'
import { composeStatements } from './publishing/composeStatements.ts'
import type { PayeeStatement } from './publishing/published.ts'
import { readStatement } from './publishing/readPublished.ts'
import type { statement } from './statement.ts'
import type { Run } from './runTool.ts'

/** Of a published epoch one page is read; one that is not published yet is split again for this payee. */
export const run: Run<typeof statement> = async ({ payee }, ctx) => {
  const { store } = ctx
  const leaves = await statementOf(store, { payee })
  const { samples, accepted } = await samplesOfPayee(store, { payee })
  const epochs = []
  for (const { number: epoch, root, published } of await listEpochs(store, {})) {
    if (root === null) continue
    const found =
      published === null
        ? (await composeStatements(ctx, epoch, { only: payee })).statements[0]
        : await readStatement(ctx, published, payee)
    const leaf = leaves.find((one) => one.epoch === epoch)
    // Also epochs in which it only lost, and so has no leaf yet: what it owes is set against later gains.
    if (!found || (leaf === undefined && found.accounts.length === 0)) continue
    const { earnedWei, asServerWei, asModelOwnerWei, accounts } = found
    const answers = await withoutGated(ctx, found.answers)
    const owedWei = accounts.reduce((sum, account) => sum + BigInt(account.owedWei), 0n)
    epochs.push({
      epoch,
      root,
      earnedWei,
      asServerWei,
      asModelOwnerWei,
      accounts,
      answers,
      owedWei: toWeiString(owedWei),
      claimed: leaf === undefined || leaf.epochWei === 0n || leaf.claimedTx !== null,
      published: published !== null,
    })
  }
  const earned = leaves.at(-1)?.cumulativeWei ?? 0n
  const claimed = leaves.reduce((sum, { epochWei, claimedTx }) => (claimedTx === null ? sum : sum + epochWei), 0n)
  return {
    payee,
    samples,
    accepted,
    earnedWei: toWeiString(earned),
    claimedWei: toWeiString(claimed),
    waitingWei: toWeiString(earned - claimed),
    epochs,
  }
}

/** An epoch that was published before its Datanet was gated names samples: here, no stranger is shown them any more. */
async function withoutGated(ctx: ToolContext, answers: PayeeStatement['answers']): Promise<PayeeStatement['answers']> {
  if (ctx.call.stranger !== true) return answers
  const gates = new Map<Digest, boolean>()
  for (const { datanet } of answers)
    if (!gates.has(datanet)) gates.set(datanet, (await gatedTo(ctx, { datanet })) !== undefined)
  return answers.map((answer) => (gates.get(answer.datanet) === true ? { ...answer, samples: [] } : answer))
}
