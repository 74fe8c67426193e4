import { rm } from 'node:fs/promises'
import { getAdapter, getReceipt } from '../store/index.ts'
import type { retrainPayee } from './retrainPayee.ts'
import { judgeRetraining } from './retraining/judgeRetraining.ts'
import { openRetraining } from './retraining/openRetraining.ts'
import { doneOf, trainOn } from './retraining/trainOn.ts'
import type { Run } from './runTool.ts'
import { readTrainingCard } from './training/readTrainingCard.ts'

export const run: Run<typeof retrainPayee> = async ({ receipt: id, payee }, ctx) => {
  const { receipt } = await getReceipt(ctx.store, { id })
  const adapter = await getAdapter(ctx.store, { digest: receipt.adapter })
  const { steps } = await readTrainingCard(ctx, adapter.cardDigest)
  const opened = await openRetraining(ctx, adapter, payee)
  const { byGroup, byPayee, plan, group, dir } = opened
  const of = plan.groups[group]!.length === 1 ? 2 * steps : 3 * steps
  const told = { receipt: id, payee, of, report: null }
  if (doneOf(byGroup, steps) < steps) return { ...told, done: 2 * (await trainOn(ctx, byGroup, steps)) }
  const alone = await byPayee(steps)
  if (alone && doneOf(alone, steps) < steps) return { ...told, done: 2 * steps + (await trainOn(ctx, alone, steps)) }
  const report = await judgeRetraining(ctx, { receipt: id, payee, adapter }, opened, alone)
  await rm(dir, { recursive: true, force: true })
  return { ...told, done: of, report }
}
