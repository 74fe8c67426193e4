import { decodeUnroll, toMicroNats } from '../attribution/index.ts'
import { TributaryError, type PayeeId } from '../kernel/index.ts'
import { dropScratch } from '../models/index.ts'
import type { finishUnroll } from './finishUnroll.ts'
import type { Run } from './runTool.ts'
import { openRunOf } from './training/openRunOf.ts'
import { readUnrollPlan } from './unrolling/openUnroll.ts'
import { dropUnrollStates, readUnrollState } from './unrolling/stateFile.ts'

/** Scores first, then the scratch goes: once they are stored under their effect key, nobody asks for a state again. */
export const run: Run<typeof finishUnroll> = async ({ unroll, state: digest }, ctx) => {
  const { adapter, run: id } = await readUnrollPlan(ctx, unroll)
  const state = decodeUnroll(await readUnrollState(ctx, unroll, { step: 0, digest }))
  const scores = state.scores[0]!
  const { plan, run: opened } = await openRunOf(ctx, id)
  if (scores.length !== plan.samples.length) {
    throw new TributaryError('These scores are not of the samples of this run.', {
      code: 'tools/sample-scores',
      facts: { unroll, scores: scores.length, samples: plan.samples.length },
      tryThis: 'unroll the run again from its last step',
    })
  }
  const byPayee = new Map<PayeeId, { samples: number; nats: number }>()
  for (const [i, { payee }] of plan.samples.entries()) {
    const { samples, nats } = byPayee.get(payee) ?? { samples: 0, nats: 0 }
    byPayee.set(payee, { samples: samples + 1, nats: nats + scores[i]! })
  }
  const blob = await ctx.blobs.put(new Uint8Array(scores.buffer, scores.byteOffset, scores.byteLength))
  await dropScratch(opened)
  await dropUnrollStates(ctx, unroll)
  return {
    unroll,
    adapter,
    scores: blob,
    samples: scores.length,
    payees: [...byPayee]
      .map(([payee, { samples, nats }]) => ({ payee, samples, scoreMicroNats: toMicroNats(nats) }))
      .toSorted((a, b) => b.scoreMicroNats - a.scoreMicroNats || (a.payee < b.payee ? -1 : 1)),
  }
}
