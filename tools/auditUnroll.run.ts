import { unroll } from '../attribution/index.ts'
import { TributaryError } from '../kernel/index.ts'
import { gradientOracle } from '../models/index.ts'
import { getAdapter, getEpoch, getReceipt, paymentOfReceipt } from '../store/index.ts'
import type { auditUnroll } from './auditUnroll.ts'
import type { Run } from './runTool.ts'
import { readSampleScores } from './settlement/readSampleScores.ts'
import { readScoringReport } from './settlement/readScoringReport.ts'
import { answersToUnroll } from './unrolling/answersToUnroll.ts'
import { openPathOf } from './unrolling/openPathOf.ts'
import { queryOf } from './unrolling/queryOf.ts'
import { refuseUnlessReplayed } from './unrolling/refuseUnlessReplayed.ts'

/** Nothing that the settlement left is used but what was committed: path, answers, and the scores to compare with. */
export const run: Run<typeof auditUnroll> = async ({ receipt: id }, ctx) => {
  const { receipt } = await getReceipt(ctx.store, { id })
  const { epoch } = await paymentOfReceipt(ctx.store, { receipt: id })
  const { scoring } = epoch === null ? { scoring: null } : await getEpoch(ctx.store, { epoch })
  const report = scoring === null ? undefined : await readScoringReport(ctx, scoring)
  const own = report?.adapters.find(({ adapter }) => adapter === receipt.adapter)
  if (epoch === null || !own || own.sampleScores === null) {
    throw new TributaryError('No unroll has split the epoch of this answer.', {
      code: 'tools/nothing-to-unroll',
      facts: { receipt: id, epoch, fallback: own?.fallback ?? null },
      tryThis: 'name an answer whose epoch is closed and was scored by the exact unroll: tributary audit says which',
    })
  }
  const adapter = await getAdapter(ctx.store, { digest: receipt.adapter })
  const { answers } = await answersToUnroll(ctx, { adapter: receipt.adapter, epoch })
  const { run: opened, path, close } = await openPathOf(ctx, adapter)
  try {
    await refuseUnlessReplayed(ctx, adapter, path)
    const stored = await readSampleScores(ctx, own.sampleScores, path.samples)
    const query = await queryOf(ctx, { adapter: receipt.adapter, answers })
    const onStep = (left: number, of: number) => ctx.call.heartbeat?.({ step: 'unroll', done: of - left, of })
    const [again] = await unroll(path, gradientOracle(ctx.engine, opened), [query], { difference: 'central', onStep })
    const differences = [...again!].map((score, i) => Math.abs(score - stored[i]!))
    const different = differences.filter((difference) => difference !== 0).length
    return {
      receipt: id,
      epoch,
      adapter: receipt.adapter,
      verdict: different === 0 ? 'PASS' : 'FAIL',
      samples: stored.length,
      different,
      largestNats: Math.max(0, ...differences),
    }
  } finally {
    await close()
  }
}
