export { openStore } from './openStore.ts'
export { transaction } from './transaction.ts'
export { describeFailure } from './describeFailure.ts'
export type { Queryable, Store } from './store.ts'
export {
  approvalModes,
  approvalStates,
  budgetScopes,
  epochStates,
  paymentStates,
  type BudgetScope,
  type EpochState,
  type Owed,
  type PaymentState,
} from './schema/index.ts'

export { openHome, type Home } from './home/openHome.ts'
export { isAlive, thisProcess, type ProcessIdentity } from './home/processIdentity.ts'
export { openBlobs, type Blobs } from './blobs/openBlobs.ts'

export {
  effectOnce,
  type EffectRequest,
  type EffectVerdict,
  type UncertainEffect,
} from './queries/effects/effectOnce.ts'

export { withLease, type LeaseOptions } from './queries/leases/withLease.ts'
export { openJob, type AnswerJob } from './queries/answerJobs/openJob.ts'
export { openJobs } from './queries/answerJobs/openJobs.ts'
export { wantJob } from './queries/answerJobs/wantJob.ts'
export { getJob } from './queries/answerJobs/getJob.ts'
export { answerJob } from './queries/answerJobs/answerJob.ts'
export { dropJob } from './queries/answerJobs/dropJob.ts'
export { beatWorker } from './queries/answerJobs/beatWorker.ts'
export { removeWorker } from './queries/answerJobs/removeWorker.ts'
export { liveWorkers, type EngineWorker } from './queries/answerJobs/liveWorkers.ts'

export { openDatanet, type Datanet } from './queries/datanets/openDatanet.ts'
export { listDatanets } from './queries/datanets/listDatanets.ts'
export { addContributions, type ContributionRecord } from './queries/datanets/addContributions.ts'
export { listContributions, type Contribution } from './queries/datanets/listContributions.ts'
export { markBatchOnChain } from './queries/datanets/markBatchOnChain.ts'
export { markRevealed } from './queries/datanets/markRevealed.ts'
export { getSample } from './queries/datanets/getSample.ts'
export { samplesOfPayee } from './queries/datanets/samplesOfPayee.ts'
export { listSamples } from './queries/datanets/listSamples.ts'
export { eraseSamples } from './queries/datanets/eraseSamples.ts'
export { sampleStates } from './queries/datanets/sampleStates.ts'
export { recordDecisions } from './queries/datanets/recordDecisions.ts'
export { listDecisions } from './queries/datanets/listDecisions.ts'
export { saveVersion, type DatanetVersion, type VersionRecord } from './queries/datanets/saveVersion.ts'
export { latestCuration } from './queries/datanets/latestCuration.ts'
export { listVersions } from './queries/datanets/listVersions.ts'
export { getVersion } from './queries/datanets/getVersion.ts'
export { markVersionOnChain } from './queries/datanets/markVersionOnChain.ts'
export { samplesOfVersion } from './queries/datanets/samplesOfVersion.ts'

export { saveAdapter, type Adapter, type AdapterRecord } from './queries/adapters/saveAdapter.ts'
export { getAdapter, type AdapterWithFiles } from './queries/adapters/getAdapter.ts'
export { listAdapters } from './queries/adapters/listAdapters.ts'
export { addAdapterFile } from './queries/adapters/addAdapterFile.ts'
export { markAdapterOnChain } from './queries/adapters/markAdapterOnChain.ts'
export { setAlias } from './queries/adapters/setAlias.ts'
export { findModel } from './queries/adapters/findModel.ts'
export { listAliases } from './queries/adapters/listAliases.ts'
export { openRun, type Run, type RunRecord } from './queries/runs/openRun.ts'
export { recordCheckpoint, type Checkpoint, type CheckpointRecord } from './queries/runs/recordCheckpoint.ts'
export { listCheckpoints } from './queries/runs/listCheckpoints.ts'
export { getRun } from './queries/runs/getRun.ts'
export { finishRun } from './queries/runs/finishRun.ts'

export type { Payment, PaymentKey } from './queries/payments/paymentRow.ts'
export { reservePayment, type Reservation } from './queries/payments/reservePayment.ts'
export { findPayment } from './queries/payments/findPayment.ts'
export { paymentOfReceipt } from './queries/payments/paymentOfReceipt.ts'
export { getPayment } from './queries/payments/getPayment.ts'
export { recordAnswer, type AnswerRecord } from './queries/payments/recordAnswer.ts'
export { markSettling } from './queries/payments/markSettling.ts'
export { markVanished } from './queries/payments/markVanished.ts'
export { unconfirmedPayments } from './queries/payments/unconfirmedPayments.ts'
export { confirmPayments } from './queries/payments/confirmPayments.ts'
export { markSettled } from './queries/payments/markSettled.ts'
export { markFailed } from './queries/payments/markFailed.ts'
export { markRefunded } from './queries/payments/markRefunded.ts'
export { legalMoves } from './queries/payments/movePayment.ts'
export { unfinishedPayments } from './queries/payments/unfinishedPayments.ts'

export type { SignedReceipt } from './queries/receipts/receiptFromRow.ts'
export { getReceipt } from './queries/receipts/getReceipt.ts'
export { getAnswer, type Answer } from './queries/receipts/getAnswer.ts'
export { eraseAnswer } from './queries/receipts/eraseAnswer.ts'
export { wishErasure } from './queries/receipts/wishErasure.ts'
export { dueErasures } from './queries/receipts/dueErasures.ts'
export { receiptsOfEpoch } from './queries/receipts/receiptsOfEpoch.ts'
export { paidAnswersPage, type PaidAnswer } from './queries/receipts/paidAnswersPage.ts'
export { receiptsAwaitingEpoch } from './queries/receipts/receiptsAwaitingEpoch.ts'
export { randomReceipts } from './queries/receipts/randomReceipts.ts'

export { recordScoring } from './queries/epochs/recordScoring.ts'
export { recordAttribution } from './queries/attributions/recordAttribution.ts'
export type { SignedAttribution } from './queries/attributions/attributionFromRow.ts'
export { attributionOf } from './queries/attributions/attributionOf.ts'
export { signedAttributionOf } from './queries/attributions/signedAttributionOf.ts'
export { unattributedReceipts } from './queries/attributions/unattributedReceipts.ts'
export { saveRule } from './queries/rules/saveRule.ts'
export { getRule } from './queries/rules/getRule.ts'
export { listRules, type KnownRule } from './queries/rules/listRules.ts'
export { saveHistory, type HistoryRecord } from './queries/histories/saveHistory.ts'
export { historyOf } from './queries/histories/historyOf.ts'

export { currentEpoch, type Epoch } from './queries/epochs/currentEpoch.ts'
export { getEpoch } from './queries/epochs/getEpoch.ts'
export { listEpochs } from './queries/epochs/listEpochs.ts'
export { freezeEpoch } from './queries/epochs/freezeEpoch.ts'
export { recordStatement, type LeafRecord, type StatementRecord } from './queries/epochs/recordStatement.ts'
export { replaceStatement } from './queries/epochs/replaceStatement.ts'
export { markProposed } from './queries/epochs/markProposed.ts'
export { setDatanetAccess, type DatanetAccess } from './queries/datanets/setDatanetAccess.ts'
export { accessOf } from './queries/datanets/accessOf.ts'
export { openPayeeClaim, type PayeeClaim } from './queries/payees/openPayeeClaim.ts'
export { getPayeeClaim } from './queries/payees/getPayeeClaim.ts'
export { markPayeeClaim } from './queries/payees/markPayeeClaim.ts'
export { namePayeeKey } from './queries/payees/namePayeeKey.ts'
export { payeeKeyOf } from './queries/payees/payeeKeyOf.ts'
export { recordPublication } from './queries/epochs/recordPublication.ts'
export { markFinal } from './queries/epochs/markFinal.ts'
export { recordClaim } from './queries/epochs/recordClaim.ts'
export { leavesOf, type Leaf } from './queries/epochs/leavesOf.ts'
export { statementOf } from './queries/epochs/statementOf.ts'
export { cumulativeBefore } from './queries/epochs/cumulativeBefore.ts'
export { claimedWeiOf } from './queries/epochs/claimedWeiOf.ts'

export {
  appendTrace,
  traceDigest,
  traceStart,
  type SignLine,
  type TraceEntry,
  type TraceLine,
} from './queries/traces/appendTrace.ts'
export { listTrace } from './queries/traces/listTrace.ts'
export { recordCall, type Call } from './queries/calls/recordCall.ts'
export { callsOf } from './queries/calls/callsOf.ts'
export { approvalSubject, type Approval, type Signer } from './queries/approvals/approvalLine.ts'
export { askApproval, type ApprovalRule } from './queries/approvals/askApproval.ts'
export { decideApproval } from './queries/approvals/decideApproval.ts'
export { findApproval } from './queries/approvals/findApproval.ts'
export { approvalsAt } from './queries/approvals/approvalsAt.ts'
export { listApprovals } from './queries/approvals/listApprovals.ts'
export { listApprovalRules, setApprovalRule } from './queries/approvals/approvalRules.ts'
export { openTour, type Tour } from './queries/tours/openTour.ts'
export { finishTour } from './queries/tours/finishTour.ts'
export { listTours } from './queries/tours/listTours.ts'

export { savePurchase, type Purchase } from './queries/purchases/savePurchase.ts'
export { findPurchase } from './queries/purchases/findPurchase.ts'

export {
  reserveSpending,
  mostWei,
  type DenyCode,
  type SpendingRequest,
  type Verdict,
} from './queries/budgets/reserveSpending.ts'
export type { Check } from './queries/budgets/countSpending.ts'
export { markSigned } from './queries/budgets/markSigned.ts'
export { releaseSpending, settleSpending } from './queries/budgets/closeSpending.ts'
export { setLimits, type Limit } from './queries/budgets/setLimits.ts'
export { budgetOf, type Use } from './queries/budgets/budgetOf.ts'
export { spendingsOf } from './queries/budgets/spendingsOf.ts'
export { findSpending } from './queries/budgets/findSpending.ts'
export { budgetSubject } from './queries/budgets/budgetLine.ts'
export type { Spending } from './queries/budgets/spendingBuckets.ts'

export { findChannel, type Channel } from './queries/channels/findChannel.ts'
export { syncChannel, type ChannelOnChain } from './queries/channels/syncChannel.ts'
export { claimableChannels } from './queries/channels/claimableChannels.ts'
export { unsettledOfChannels } from './queries/channels/unsettledOfChannels.ts'
export { beginSettling } from './queries/channels/beginSettling.ts'
export { settleChannel } from './queries/channels/settleChannel.ts'
export { type ChannelVoucher } from './queries/channels/takeChannel.ts'
export { findOwnChannel, type OwnChannel } from './queries/channels/findOwnChannel.ts'
export { saveOwnChannel } from './queries/channels/saveOwnChannel.ts'
export { findIdentifier } from './queries/identifiers/findIdentifier.ts'
export { saveIdentifier, type PaymentIdentifier } from './queries/identifiers/saveIdentifier.ts'

export { saveRecipe } from './queries/recipes/saveRecipe.ts'
export type { RecipeRow } from './queries/recipes/recipeRow.ts'
export { listRecipeVersions } from './queries/recipes/listRecipeVersions.ts'
export {
  listRecipeWatches,
  pauseRecipe,
  unwatchRecipe,
  watchRecipe,
  type RecipeWatch,
} from './queries/recipes/watchRecipe.ts'
export { recordRecipeStart, type RecipeStart } from './queries/recipes/recordRecipeStart.ts'
export { untoldEvents, type UntoldEvent } from './queries/recipes/untoldEvents.ts'
