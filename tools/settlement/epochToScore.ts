import { getAdapter, getEpoch, getRule, receiptsOfEpoch } from '../../store/index.ts'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { upstreamRecipe } from '../../models/index.ts'
import { drawSeed } from '../../chain/index.ts'
import type { ToolContext } from '../context.ts'
import { readRunPlan } from '../training/readRunPlan.ts'
import { chooseForms } from './chooseForms.ts'
import type { AnswerForm } from './scoringReport.ts'

export type EpochToScore = {
  drawBlock: number
  seed: Digest
  /** In the order of their ids. */
  answers: { receipt: Digest; adapter: Digest; form: AnswerForm }[]
  adapters: { adapter: Digest; groups: number; replayable: boolean; evidenceFloorPpm: number }[]
}

/**
 * What a frozen epoch has to score and how exactly: a function of its receipts, their rules and one block hash, so that the
 * attributor and the auditor get the same. Throws tools/epoch-open before the drawing block is fixed.
 */
export async function epochToScore(ctx: ToolContext, epoch: number): Promise<EpochToScore> {
  const { store, chain } = ctx
  const { drawBlock } = await getEpoch(store, { epoch })
  if (drawBlock === null) {
    throw new TributaryError(`No block draws for epoch ${epoch} yet.`, {
      code: 'tools/epoch-open',
      facts: { epoch },
      tryThis: 'close the epoch first: tributary tools close-epoch',
    })
  }
  const { hash: seed } = await drawSeed(chain, drawBlock)
  const receipts = await receiptsOfEpoch(store, { epoch })
  const adapters = new Map<Digest, EpochToScore['adapters'][number]>()
  const toScore = []
  for (const { id, receipt } of receipts) {
    const rule = await getRule(store, { digest: receipt.rule })
    const { adapter } = receipt
    const known = adapters.get(adapter) ?? (await adapterToScore(ctx, adapter))
    // Where rules of one epoch differ, the strictest floor holds for the adapter: its split is one for all its answers.
    const evidenceFloorPpm = Math.max(known.evidenceFloorPpm, rule.v !== 1 ? rule.evidenceFloorPpm : 0)
    adapters.set(adapter, { ...known, evidenceFloorPpm })
    toScore.push({ receipt: id, adapter, feeWei: BigInt(receipt.feeWei), groups: known.groups, rule })
  }
  const forms = chooseForms(toScore, seed)
  return {
    drawBlock,
    seed,
    answers: toScore.map(({ receipt, adapter }) => ({ receipt, adapter, form: forms.get(receipt) ?? 'linear' })),
    adapters: [...adapters.values()],
  }
}

async function adapterToScore(ctx: ToolContext, digest: Digest): Promise<EpochToScore['adapters'][number]> {
  const adapter = await getAdapter(ctx.store, { digest })
  // A model of others: its answers are traced verbatim, and nobody is scored.
  if (adapter.recipe === upstreamRecipe) return { adapter: digest, groups: 0, replayable: false, evidenceFloorPpm: 0 }
  const { groups } = await readRunPlan(ctx, adapter)
  return {
    adapter: digest,
    groups: groups.length,
    replayable: adapter.files['path'] !== undefined,
    evidenceFloorPpm: 0,
  }
}
