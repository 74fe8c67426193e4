import { agentTools } from './agents/agentTools.ts'
import { recipeTools } from './recipes/recipeTools.ts'
import { addRule } from './addRule.ts'
import { approveAction } from './approveAction.ts'
import { denyAction } from './denyAction.ts'
import { listApprovals } from './listApprovals.ts'
import { setApprovalRule } from './setApprovalRule.ts'
import { showApproval } from './showApproval.ts'
import { archiveHistory } from './archiveHistory.ts'
import { ask } from './ask.ts'
import { attributeAnswer } from './attributeAnswer.ts'
import { audit } from './audit.ts'
import { auditUnroll } from './auditUnroll.ts'
import { backtestPage } from './backtestPage.ts'
import { backtestRule } from './backtestRule.ts'
import { ballotOf } from './ballotOf.ts'
import { bondStatus } from './bondStatus.ts'
import { stake } from './stake.ts'
import { unstake } from './unstake.ts'
import { withdrawStake } from './withdrawStake.ts'
import { stakeOf } from './stakeOf.ts'
import { openDispute } from './openDispute.ts'
import { answerDispute } from './answerDispute.ts'
import { decideDispute } from './decideDispute.ts'
import { disputeStatus } from './disputeStatus.ts'
import { castVote } from './castVote.ts'
import { checkRule } from './checkRule.ts'
import { budgetStatus } from './budgetStatus.ts'
import { approvalTrail } from './approvalTrail.ts'
import { budgetTrail } from './budgetTrail.ts'
import { checkSamples } from './checkSamples.ts'
import { chooseQuestions } from './chooseQuestions.ts'
import { claim } from './claim.ts'
import { claimProof } from './claimProof.ts'
import { closeChannel } from './closeChannel.ts'
import { closeEpoch } from './closeEpoch.ts'
import { confirmAttribution } from './confirmAttribution.ts'
import { confirmPayments } from './confirmPayments.ts'
import { contribute } from './contribute.ts'
import { curate } from './curate.ts'
import { delegateVotes } from './delegateVotes.ts'
import { drawAudits } from './drawAudits.ts'
import { epochReport } from './epochReport.ts'
import { eraseAnswer } from './eraseAnswer.ts'
import { evaluateAdapter } from './evaluateAdapter.ts'
import { executeProposal } from './executeProposal.ts'
import { explain } from './explain.ts'
import { explainPage } from './explainPage.ts'
import { findDuplicates } from './findDuplicates.ts'
import { finishEvaluation } from './finishEvaluation.ts'
import { finishTraining } from './finishTraining.ts'
import { finishUnroll } from './finishUnroll.ts'
import { followProposal } from './followProposal.ts'
import { freezeEpoch } from './freezeEpoch.ts'
import { gpuJob } from './gpuJob.ts'
import { importDatanet } from './importDatanet.ts'
import { resellModel } from './resellModel.ts'
import { indexDatanet } from './indexDatanet.ts'
import { verifyIndex } from './verifyIndex.ts'
import { mergeIndex } from './mergeIndex.ts'
import { takeDownSamples } from './takeDownSamples.ts'
import { traceText } from './traceText.ts'
import { traceTextPage } from './traceTextPage.ts'
import { judgeSplit } from './judgeSplit.ts'
import { listEngines } from './listEngines.ts'
import { listModels } from './listModels.ts'
import { listProposals } from './listProposals.ts'
import { listRules } from './listRules.ts'
import { openReports } from './openReports.ts'
import { planCuration } from './planCuration.ts'
import { planEvaluation } from './planEvaluation.ts'
import { planScoring } from './planScoring.ts'
import { planTraining } from './planTraining.ts'
import { planUnroll } from './planUnroll.ts'
import { planVerification } from './planVerification.ts'
import { poolStatus } from './poolStatus.ts'
import { postBond } from './postBond.ts'
import { postRoot } from './postRoot.ts'
import { previewContribution } from './previewContribution.ts'
import { previewTraining } from './previewTraining.ts'
import { proposalStatus } from './proposalStatus.ts'
import { proposeEngine } from './proposeEngine.ts'
import { proposeParameter } from './proposeParameter.ts'
import { proposeRule } from './proposeRule.ts'
import { proposeSpending } from './proposeSpending.ts'
import { namePayeeKey } from './namePayeeKey.ts'
import { provePayee } from './provePayee.ts'
import { correctEpoch } from './correctEpoch.ts'
import { finaliseRoot } from './finaliseRoot.ts'
import { proposeRoot } from './proposeRoot.ts'
import { rootStatus } from './rootStatus.ts'
import { finishRecovery } from './finishRecovery.ts'
import { mergePayees } from './mergePayees.ts'
import { payeeStatus } from './payeeStatus.ts'
import { setDatanetAccess } from './setDatanetAccess.ts'
import { startPayeeClaim } from './startPayeeClaim.ts'
import { proveReceipt } from './proveReceipt.ts'
import { publishEpoch } from './publishEpoch.ts'
import { publishVersion } from './publishVersion.ts'
import { queueProposal } from './queueProposal.ts'
import { quote } from './quote.ts'
import { reconcileBudget } from './reconcileBudget.ts'
import { recordDecisions } from './recordDecisions.ts'
import { recoverPayments } from './recoverPayments.ts'
import { registerAdapter } from './registerAdapter.ts'
import { reportScoring } from './reportScoring.ts'
import { retrainDrawn } from './retrainDrawn.ts'
import { retrainPayee } from './retrainPayee.ts'
import { retrainPiece } from './retrainPiece.ts'
import { scoreEvaluation } from './scoreEvaluation.ts'
import { sealReports } from './sealReports.ts'
import { setBudget } from './setBudget.ts'
import { settleChannels } from './settleChannels.ts'
import { settleReports } from './settleReports.ts'
import { showRule } from './showRule.ts'
import { splitEpoch } from './splitEpoch.ts'
import { statement } from './statement.ts'
import { status } from './status.ts'
import { summariseTour } from './summariseTour.ts'
import { traceAnswer } from './traceAnswer.ts'
import { traceWorkflow } from './traceWorkflow.ts'
import { trainAdapter } from './trainAdapter.ts'
import { trainBlock } from './trainBlock.ts'
import { trainingEvents } from './trainingEvents.ts'
import { unrollBlock } from './unrollBlock.ts'
import { verifyAdapter } from './verifyAdapter.ts'

/** Every tool by name. Pure: agents and workflows import this; what a tool does stands in its `.run.ts`. */
export const definitions = {
  ...agentTools,
  ...recipeTools,
  add_rule: addRule,
  approve_action: approveAction,
  deny_action: denyAction,
  approval_trail: approvalTrail,
  list_approvals: listApprovals,
  set_approval_rule: setApprovalRule,
  show_approval: showApproval,
  archive_history: archiveHistory,
  ask,
  attribute_answer: attributeAnswer,
  audit,
  audit_unroll: auditUnroll,
  backtest_page: backtestPage,
  backtest_rule: backtestRule,
  ballot_of: ballotOf,
  bond_status: bondStatus,
  stake,
  unstake,
  withdraw_stake: withdrawStake,
  stake_of: stakeOf,
  open_dispute: openDispute,
  answer_dispute: answerDispute,
  decide_dispute: decideDispute,
  dispute_status: disputeStatus,
  cast_vote: castVote,
  check_rule: checkRule,
  budget_status: budgetStatus,
  budget_trail: budgetTrail,
  check_samples: checkSamples,
  choose_questions: chooseQuestions,
  claim,
  claim_proof: claimProof,
  close_channel: closeChannel,
  close_epoch: closeEpoch,
  confirm_attribution: confirmAttribution,
  confirm_payments: confirmPayments,
  contribute,
  curate,
  delegate_votes: delegateVotes,
  draw_audits: drawAudits,
  epoch_report: epochReport,
  erase_answer: eraseAnswer,
  evaluate_adapter: evaluateAdapter,
  execute_proposal: executeProposal,
  explain,
  explain_page: explainPage,
  find_duplicates: findDuplicates,
  finish_evaluation: finishEvaluation,
  finish_training: finishTraining,
  finish_unroll: finishUnroll,
  follow_proposal: followProposal,
  freeze_epoch: freezeEpoch,
  gpu_job: gpuJob,
  import_datanet: importDatanet,
  resell_model: resellModel,
  index_datanet: indexDatanet,
  merge_index: mergeIndex,
  verify_index: verifyIndex,
  take_down_samples: takeDownSamples,
  trace_text: traceText,
  trace_text_page: traceTextPage,
  judge_split: judgeSplit,
  list_engines: listEngines,
  list_models: listModels,
  list_proposals: listProposals,
  list_rules: listRules,
  open_reports: openReports,
  plan_curation: planCuration,
  plan_evaluation: planEvaluation,
  plan_scoring: planScoring,
  plan_training: planTraining,
  plan_unroll: planUnroll,
  plan_verification: planVerification,
  pool_status: poolStatus,
  post_bond: postBond,
  post_root: postRoot,
  preview_contribution: previewContribution,
  preview_training: previewTraining,
  proposal_status: proposalStatus,
  propose_engine: proposeEngine,
  propose_parameter: proposeParameter,
  propose_rule: proposeRule,
  propose_spending: proposeSpending,
  name_payee_key: namePayeeKey,
  prove_payee: provePayee,
  correct_epoch: correctEpoch,
  finalise_root: finaliseRoot,
  propose_root: proposeRoot,
  root_status: rootStatus,
  finish_recovery: finishRecovery,
  merge_payees: mergePayees,
  payee_status: payeeStatus,
  set_datanet_access: setDatanetAccess,
  start_payee_claim: startPayeeClaim,
  prove_receipt: proveReceipt,
  publish_epoch: publishEpoch,
  publish_version: publishVersion,
  queue_proposal: queueProposal,
  quote,
  reconcile_budget: reconcileBudget,
  record_decisions: recordDecisions,
  recover_payments: recoverPayments,
  register_adapter: registerAdapter,
  report_scoring: reportScoring,
  retrain_drawn: retrainDrawn,
  retrain_payee: retrainPayee,
  retrain_piece: retrainPiece,
  score_evaluation: scoreEvaluation,
  seal_reports: sealReports,
  set_budget: setBudget,
  settle_channels: settleChannels,
  settle_reports: settleReports,
  show_rule: showRule,
  split_epoch: splitEpoch,
  statement,
  status,
  summarise_tour: summariseTour,
  trace_answer: traceAnswer,
  trace_workflow: traceWorkflow,
  train_adapter: trainAdapter,
  train_block: trainBlock,
  training_events: trainingEvents,
  unroll_block: unrollBlock,
  verify_adapter: verifyAdapter,
}

export {
  addRule,
  approveAction,
  denyAction,
  listApprovals,
  setApprovalRule,
  showApproval,
  ask,
  audit,
  auditUnroll,
  backtestPage,
  backtestRule,
  ballotOf,
  bondStatus,
  stake,
  unstake,
  withdrawStake,
  stakeOf,
  openDispute,
  answerDispute,
  decideDispute,
  disputeStatus,
  castVote,
  checkRule,
  budgetStatus,
  approvalTrail,
  budgetTrail,
  checkSamples,
  chooseQuestions,
  claim,
  claimProof,
  closeEpoch,
  curate,
  delegateVotes,
  drawAudits,
  epochReport,
  evaluateAdapter,
  executeProposal,
  explain,
  explainPage,
  findDuplicates,
  finishEvaluation,
  finishUnroll,
  followProposal,
  importDatanet,
  traceText,
  traceTextPage,
  listEngines,
  listModels,
  listProposals,
  listRules,
  planCuration,
  planEvaluation,
  planTraining,
  planUnroll,
  poolStatus,
  previewTraining,
  proposalStatus,
  proposeEngine,
  proposeParameter,
  proposeRule,
  proposeSpending,
  proveReceipt,
  publishVersion,
  queueProposal,
  quote,
  reconcileBudget,
  recordDecisions,
  registerAdapter,
  retrainPayee,
  showRule,
  statement,
  status,
  summariseTour,
  traceWorkflow,
  trainAdapter,
  trainingEvents,
  verifyAdapter,
}
export { tourSummary, type TourSummary } from './summariseTour.ts'
export { uncertainSample, type UncertainSample } from './checkSamples.ts'
export type { ApprovalView } from './approving/approvalView.ts'
export type { TracedCall } from './tracing/tracedCall.ts'
export {
  agents,
  auditorInput,
  buyerInput,
  curatorInput,
  trainerInput,
  treasurerInput,
  type AgentDecision,
} from './agents/index.ts'
export {
  answerReview,
  decide,
  fileFinding,
  judgeAnswer,
  judgeDoubts,
  listDecisions,
  listFindings,
  listReviews,
  reviewVerdict,
  type Review,
} from './agents/agentTools.ts'
export { checkRecipe, diffRecipe, listRecipes, recipeStatus, runRecipe, scheduleRecipe } from './recipes/recipeTools.ts'
