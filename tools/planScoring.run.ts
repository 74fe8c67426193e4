import { headBlock } from '../chain/index.ts'
import { recordScoring } from '../store/index.ts'
import type { planScoring } from './planScoring.ts'
import type { Run } from './runTool.ts'
import { epochToScore } from './settlement/epochToScore.ts'

/** The block is fixed once, after the freeze: its successor draws, and nobody knew its hash when the answers were sold. */
export const run: Run<typeof planScoring> = async ({ epoch }, ctx) => {
  await recordScoring(ctx.store, { epoch, drawBlock: await headBlock(ctx.chain) })
  const { drawBlock, seed, answers, adapters } = await epochToScore(ctx, epoch)
  return { epoch, drawBlock, seed, answers, adapters }
}
