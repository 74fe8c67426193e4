import { digestOf, TributaryError, type Digest, type RevenueRule } from '../../kernel/index.ts'
import { listEpochs } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import type { BacktestReport } from './backtestReport.ts'
import { readBacktest } from './readBacktest.ts'

/**
 * The back-test that a proposal names: of this very rule, on all epochs that are split by now.
 * Throws tools/other-backtest, tools/backtest-stale, and what readBacktest throws.
 */
export async function requireCurrentBacktest(
  ctx: Pick<ToolContext, 'blobs' | 'store'>,
  digest: Digest,
  rule: RevenueRule,
): Promise<BacktestReport> {
  const report = await readBacktest(ctx, digest)
  const proposed = digestOf(rule)
  if (report.rule !== proposed) {
    throw new TributaryError('This back-test is of another rule.', {
      code: 'tools/other-backtest',
      facts: { backtest: digest, of: report.rule, proposed },
      tryThis: 'play the rule that is proposed: tributary rule backtest <rule.json>',
    })
  }
  const split = (await listEpochs(ctx.store, {})).filter(({ root }) => root !== null)
  const basis = (epochs: readonly { root: Digest | null; evidence: Digest | null }[]) => digestOf(epochs)
  const now = basis(split.map(({ root, evidenceRoot: evidence }) => ({ root, evidence })))
  if (basis(report.epochs.map(({ root, evidence }) => ({ root, evidence }))) === now) return report
  throw new TributaryError('Receipts were paid since this back-test was made.', {
    code: 'tools/backtest-stale',
    facts: { backtest: digest, epochsPlayed: report.epochs.length, epochsNow: split.length },
    tryThis: 'play the rule again: tributary rule backtest <rule.json>',
  })
}
