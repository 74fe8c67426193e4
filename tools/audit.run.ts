import { findError } from '../kernel/index.ts'
import { getReceipt } from '../store/index.ts'
import { checkAdapter } from './auditing/checkAdapter.ts'
import { checkAnswer } from './auditing/checkAnswer.ts'
import { checkDatanet } from './auditing/checkDatanet.ts'
import { checkHistory } from './auditing/checkHistory.ts'
import { checkPaidScores } from './auditing/checkPaidScores.ts'
import { checkPayment } from './auditing/checkPayment.ts'
import { checkReceipt } from './auditing/checkReceipt.ts'
import { checkRule } from './auditing/checkRule.ts'
import { checkScores } from './auditing/checkScores.ts'
import { checkSplit } from './auditing/checkSplit.ts'
import { checkTexts } from './auditing/checkTexts.ts'
import { checkTraining } from './auditing/checkTraining.ts'
import { maySee } from './gating/gate.ts'
import { culpritOf } from './auditing/culpritOf.ts'
import type { audit, AuditCheck } from './audit.ts'
import type { Run } from './runTool.ts'

/** In the order in which each stands on the ones before it, so that the first failure is the thing that differs. */
const checks = [
  checkReceipt,
  checkTexts,
  checkPayment,
  checkRule,
  checkDatanet,
  checkAdapter,
  checkTraining,
  checkAnswer,
  checkScores,
  checkPaidScores,
  checkHistory,
  checkSplit,
]

const cannotJudge = new Set([
  'audit/not-reproducible',
  'audit/samples-gone',
  'attribution/unknown-engine',
  'tools/answer-erased',
  'store/erased',
])

export const run: Run<typeof audit> = async ({ receipt: id }, ctx) => {
  const done: AuditCheck[] = []
  for (const [i, check] of checks.entries()) {
    const { name, run: perform } = check
    ctx.call.heartbeat?.({ step: name, done: i, of: checks.length })
    try {
      // Read anew for each check: a damaged receipt is the finding of the first.
      const evidence = i === 0 ? { id } : { id, receipt: (await getReceipt(ctx.store, { id })).receipt }
      done.push({ check: name, pass: true, detail: await perform(ctx, evidence as Parameters<typeof perform>[1]) })
    } catch (failure) {
      const found = findError(failure)
      // An engine of others made the answer, a version that is not on board scored it, its buyer had the text dropped, or a sample was taken down.
      if (found && cannotJudge.has(found.code)) {
        done.push({ check: name, pass: true, judged: false, detail: found.message })
        continue
      }
      // What can be tried again (a chain that is down), or judged elsewhere, is no finding about the receipt.
      if (!found || found.retry || found.code === 'audit/other-machine') throw failure
      // Facts name payees and their scores: not for strangers where the Datanet is gated.
      const mayKnow = await maySee(ctx, { tool: 'audit', receipt: id, auditor: undefined }).catch(() => false)
      done.push({
        check: name,
        pass: false,
        detail: mayKnow ? `${found.message} ${JSON.stringify(found.facts)}` : found.message,
        culprit: culpritOf(found, check, id),
      })
      return { receipt: id, verdict: 'FAIL', checks: done }
    }
  }
  const isJudged = done.every(({ judged }) => judged !== false)
  return { receipt: id, verdict: isJudged ? 'PASS' : 'NOT_REPRODUCIBLE', checks: done }
}
