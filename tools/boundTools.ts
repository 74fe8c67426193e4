import { definitions } from './definitions.ts'
import { bindTool, type BoundTool } from './runTool.ts'
import { run as addRule } from './addRule.run.ts'
import { run as approveAction } from './approveAction.run.ts'
import { run as denyAction } from './denyAction.run.ts'
import { run as listApprovals } from './listApprovals.run.ts'
import { run as setApprovalRule } from './setApprovalRule.run.ts'
import { run as showApproval } from './showApproval.run.ts'
import { run as archiveHistory } from './archiveHistory.run.ts'
import { run as ask } from './ask.run.ts'
import { run as attributeAnswer } from './attributeAnswer.run.ts'
import { run as audit } from './audit.run.ts'
import { run as auditUnroll } from './auditUnroll.run.ts'
import { run as backtestPage } from './backtestPage.run.ts'
import { run as backtestRule } from './backtestRule.run.ts'
import { run as ballotOf } from './ballotOf.run.ts'
import { run as bondStatus } from './bondStatus.run.ts'
import { run as stake } from './stake.run.ts'
import { run as unstake } from './unstake.run.ts'
import { run as withdrawStake } from './withdrawStake.run.ts'
import { run as stakeOf } from './stakeOf.run.ts'
import { run as openDispute } from './openDispute.run.ts'
import { run as answerReview } from './answerReview.run.ts'
import { run as answerDispute } from './answerDispute.run.ts'
import { run as decide } from './decide.run.ts'
import { run as decideDispute } from './decideDispute.run.ts'
import { run as disputeStatus } from './disputeStatus.run.ts'
import { run as castVote } from './castVote.run.ts'
import { run as checkRule } from './checkRule.run.ts'
import { run as budgetStatus } from './budgetStatus.run.ts'
import { run as approvalTrail } from './approvalTrail.run.ts'
import { run as budgetTrail } from './budgetTrail.run.ts'
import { run as checkRecipe } from './checkRecipe.run.ts'
import { run as checkSamples } from './checkSamples.run.ts'
import { run as chooseQuestions } from './chooseQuestions.run.ts'
import { run as claim } from './claim.run.ts'
import { run as claimProof } from './claimProof.run.ts'
import { run as closeChannel } from './closeChannel.run.ts'
import { run as closeEpoch } from './closeEpoch.run.ts'
import { run as confirmAttribution } from './confirmAttribution.run.ts'
import { run as confirmPayments } from './confirmPayments.run.ts'
import { run as contribute } from './contribute.run.ts'
import { run as curate } from './curate.run.ts'
import { run as delegateVotes } from './delegateVotes.run.ts'
import { run as diffRecipe } from './diffRecipe.run.ts'
import { run as drawAudits } from './drawAudits.run.ts'
import { run as epochReport } from './epochReport.run.ts'
import { run as eraseAnswer } from './eraseAnswer.run.ts'
import { run as evaluateAdapter } from './evaluateAdapter.run.ts'
import { run as executeProposal } from './executeProposal.run.ts'
import { run as explain } from './explain.run.ts'
import { run as explainPage } from './explainPage.run.ts'
import { run as fileFinding } from './fileFinding.run.ts'
import { run as findDuplicates } from './findDuplicates.run.ts'
import { run as finishTraining } from './finishTraining.run.ts'
import { run as finishEvaluation } from './finishEvaluation.run.ts'
import { run as finishUnroll } from './finishUnroll.run.ts'
import { run as followProposal } from './followProposal.run.ts'
import { run as freezeEpoch } from './freezeEpoch.run.ts'
import { run as gpuJob } from './gpuJob.run.ts'
import { run as importDatanet } from './importDatanet.run.ts'
import { run as resellModel } from './resellModel.run.ts'
import { run as indexDatanet } from './indexDatanet.run.ts'
import { run as verifyIndex } from './verifyIndex.run.ts'
import { run as mergeIndex } from './mergeIndex.run.ts'
import { run as takeDownSamples } from './takeDownSamples.run.ts'
import { run as traceText } from './traceText.run.ts'
import { run as traceTextPage } from './traceTextPage.run.ts'
import { run as judgeAnswer } from './judgeAnswer.run.ts'
import { run as judgeDoubts } from './judgeDoubts.run.ts'
import { run as judgeSplit } from './judgeSplit.run.ts'
import { run as listEngines } from './listEngines.run.ts'
import { run as listDecisions } from './listDecisions.run.ts'
import { run as listFindings } from './listFindings.run.ts'
import { run as listReviews } from './listReviews.run.ts'
import { run as listModels } from './listModels.run.ts'
import { run as listProposals } from './listProposals.run.ts'
import { run as listRecipes } from './listRecipes.run.ts'
import { run as listRules } from './listRules.run.ts'
import { run as openReports } from './openReports.run.ts'
import { run as planCuration } from './planCuration.run.ts'
import { run as planEvaluation } from './planEvaluation.run.ts'
import { run as planScoring } from './planScoring.run.ts'
import { run as planTraining } from './planTraining.run.ts'
import { run as planUnroll } from './planUnroll.run.ts'
import { run as planVerification } from './planVerification.run.ts'
import { run as poolStatus } from './poolStatus.run.ts'
import { run as postBond } from './postBond.run.ts'
import { run as postRoot } from './postRoot.run.ts'
import { run as previewContribution } from './previewContribution.run.ts'
import { run as previewTraining } from './previewTraining.run.ts'
import { run as proposalStatus } from './proposalStatus.run.ts'
import { run as proposeEngine } from './proposeEngine.run.ts'
import { run as proposeParameter } from './proposeParameter.run.ts'
import { run as proposeRule } from './proposeRule.run.ts'
import { run as proposeSpending } from './proposeSpending.run.ts'
import { run as namePayeeKey } from './namePayeeKey.run.ts'
import { run as provePayee } from './provePayee.run.ts'
import { run as correctEpoch } from './correctEpoch.run.ts'
import { run as finaliseRoot } from './finaliseRoot.run.ts'
import { run as proposeRoot } from './proposeRoot.run.ts'
import { run as rootStatus } from './rootStatus.run.ts'
import { run as finishRecovery } from './finishRecovery.run.ts'
import { run as mergePayees } from './mergePayees.run.ts'
import { run as payeeStatus } from './payeeStatus.run.ts'
import { run as setDatanetAccess } from './setDatanetAccess.run.ts'
import { run as startPayeeClaim } from './startPayeeClaim.run.ts'
import { run as proveReceipt } from './proveReceipt.run.ts'
import { run as publishEpoch } from './publishEpoch.run.ts'
import { run as publishVersion } from './publishVersion.run.ts'
import { run as queueProposal } from './queueProposal.run.ts'
import { run as quote } from './quote.run.ts'
import { run as reconcileBudget } from './reconcileBudget.run.ts'
import { run as recipeStatus } from './recipeStatus.run.ts'
import { run as recordDecisions } from './recordDecisions.run.ts'
import { run as recoverPayments } from './recoverPayments.run.ts'
import { run as registerAdapter } from './registerAdapter.run.ts'
import { run as reportScoring } from './reportScoring.run.ts'
import { run as retrainDrawn } from './retrainDrawn.run.ts'
import { run as sealReports } from './sealReports.run.ts'
import { run as setBudget } from './setBudget.run.ts'
import { run as settleChannels } from './settleChannels.run.ts'
import { run as settleReports } from './settleReports.run.ts'
import { run as showRule } from './showRule.run.ts'
import { run as retrainPiece } from './retrainPiece.run.ts'
import { run as runRecipe } from './runRecipe.run.ts'
import { run as scheduleRecipe } from './scheduleRecipe.run.ts'
import { run as scoreEvaluation } from './scoreEvaluation.run.ts'
import { run as retrainPayee } from './retrainPayee.run.ts'
import { run as splitEpoch } from './splitEpoch.run.ts'
import { run as statement } from './statement.run.ts'
import { run as status } from './status.run.ts'
import { run as summariseTour } from './summariseTour.run.ts'
import { run as traceAnswer } from './traceAnswer.run.ts'
import { run as traceWorkflow } from './traceWorkflow.run.ts'
import { run as trainAdapter } from './trainAdapter.run.ts'
import { run as trainBlock } from './trainBlock.run.ts'
import { run as trainingEvents } from './trainingEvents.run.ts'
import { run as unrollBlock } from './unrollBlock.run.ts'
import { run as verifyAdapter } from './verifyAdapter.run.ts'

/** Every definition joined with its run: what faces and the worker are given. */
export const boundTools: readonly BoundTool[] = [
  bindTool(definitions.add_rule, addRule),
  bindTool(definitions.approve_action, approveAction),
  bindTool(definitions.deny_action, denyAction),
  bindTool(definitions.approval_trail, approvalTrail),
  bindTool(definitions.list_approvals, listApprovals),
  bindTool(definitions.set_approval_rule, setApprovalRule),
  bindTool(definitions.show_approval, showApproval),
  bindTool(definitions.archive_history, archiveHistory),
  bindTool(definitions.ask, ask),
  bindTool(definitions.attribute_answer, attributeAnswer),
  bindTool(definitions.audit, audit),
  bindTool(definitions.audit_unroll, auditUnroll),
  bindTool(definitions.backtest_page, backtestPage),
  bindTool(definitions.backtest_rule, backtestRule),
  bindTool(definitions.ballot_of, ballotOf),
  bindTool(definitions.bond_status, bondStatus),
  bindTool(definitions.stake, stake),
  bindTool(definitions.unstake, unstake),
  bindTool(definitions.withdraw_stake, withdrawStake),
  bindTool(definitions.stake_of, stakeOf),
  bindTool(definitions.open_dispute, openDispute),
  bindTool(definitions.answer_dispute, answerDispute),
  bindTool(definitions.decide, decide),
  bindTool(definitions.decide_dispute, decideDispute),
  bindTool(definitions.dispute_status, disputeStatus),
  bindTool(definitions.cast_vote, castVote),
  bindTool(definitions.check_rule, checkRule),
  bindTool(definitions.budget_status, budgetStatus),
  bindTool(definitions.budget_trail, budgetTrail),
  bindTool(definitions.check_recipe, checkRecipe),
  bindTool(definitions.check_samples, checkSamples),
  bindTool(definitions.choose_questions, chooseQuestions),
  bindTool(definitions.claim, claim),
  bindTool(definitions.claim_proof, claimProof),
  bindTool(definitions.close_channel, closeChannel),
  bindTool(definitions.close_epoch, closeEpoch),
  bindTool(definitions.confirm_attribution, confirmAttribution),
  bindTool(definitions.confirm_payments, confirmPayments),
  bindTool(definitions.contribute, contribute),
  bindTool(definitions.curate, curate),
  bindTool(definitions.delegate_votes, delegateVotes),
  bindTool(definitions.diff_recipe, diffRecipe),
  bindTool(definitions.draw_audits, drawAudits),
  bindTool(definitions.epoch_report, epochReport),
  bindTool(definitions.erase_answer, eraseAnswer),
  bindTool(definitions.evaluate_adapter, evaluateAdapter),
  bindTool(definitions.execute_proposal, executeProposal),
  bindTool(definitions.explain, explain),
  bindTool(definitions.explain_page, explainPage),
  bindTool(definitions.file_finding, fileFinding),
  bindTool(definitions.find_duplicates, findDuplicates),
  bindTool(definitions.finish_training, finishTraining),
  bindTool(definitions.finish_evaluation, finishEvaluation),
  bindTool(definitions.finish_unroll, finishUnroll),
  bindTool(definitions.follow_proposal, followProposal),
  bindTool(definitions.freeze_epoch, freezeEpoch),
  bindTool(definitions.gpu_job, gpuJob),
  bindTool(definitions.import_datanet, importDatanet),
  bindTool(definitions.resell_model, resellModel),
  bindTool(definitions.index_datanet, indexDatanet),
  bindTool(definitions.merge_index, mergeIndex),
  bindTool(definitions.verify_index, verifyIndex),
  bindTool(definitions.take_down_samples, takeDownSamples),
  bindTool(definitions.trace_text, traceText),
  bindTool(definitions.trace_text_page, traceTextPage),
  bindTool(definitions.judge_answer, judgeAnswer),
  bindTool(definitions.judge_doubts, judgeDoubts),
  bindTool(definitions.judge_split, judgeSplit),
  bindTool(definitions.list_engines, listEngines),
  bindTool(definitions.list_decisions, listDecisions),
  bindTool(definitions.list_findings, listFindings),
  bindTool(definitions.answer_review, answerReview),
  bindTool(definitions.list_reviews, listReviews),
  bindTool(definitions.list_models, listModels),
  bindTool(definitions.list_proposals, listProposals),
  bindTool(definitions.list_recipes, listRecipes),
  bindTool(definitions.list_rules, listRules),
  bindTool(definitions.open_reports, openReports),
  bindTool(definitions.plan_curation, planCuration),
  bindTool(definitions.plan_evaluation, planEvaluation),
  bindTool(definitions.plan_scoring, planScoring),
  bindTool(definitions.plan_training, planTraining),
  bindTool(definitions.plan_unroll, planUnroll),
  bindTool(definitions.plan_verification, planVerification),
  bindTool(definitions.pool_status, poolStatus),
  bindTool(definitions.post_bond, postBond),
  bindTool(definitions.post_root, postRoot),
  bindTool(definitions.preview_contribution, previewContribution),
  bindTool(definitions.preview_training, previewTraining),
  bindTool(definitions.proposal_status, proposalStatus),
  bindTool(definitions.propose_engine, proposeEngine),
  bindTool(definitions.propose_parameter, proposeParameter),
  bindTool(definitions.propose_rule, proposeRule),
  bindTool(definitions.propose_spending, proposeSpending),
  bindTool(definitions.name_payee_key, namePayeeKey),
  bindTool(definitions.prove_payee, provePayee),
  bindTool(definitions.correct_epoch, correctEpoch),
  bindTool(definitions.finalise_root, finaliseRoot),
  bindTool(definitions.propose_root, proposeRoot),
  bindTool(definitions.root_status, rootStatus),
  bindTool(definitions.finish_recovery, finishRecovery),
  bindTool(definitions.merge_payees, mergePayees),
  bindTool(definitions.payee_status, payeeStatus),
  bindTool(definitions.set_datanet_access, setDatanetAccess),
  bindTool(definitions.start_payee_claim, startPayeeClaim),
  bindTool(definitions.prove_receipt, proveReceipt),
  bindTool(definitions.publish_epoch, publishEpoch),
  bindTool(definitions.publish_version, publishVersion),
  bindTool(definitions.queue_proposal, queueProposal),
  bindTool(definitions.quote, quote),
  bindTool(definitions.reconcile_budget, reconcileBudget),
  bindTool(definitions.recipe_status, recipeStatus),
  bindTool(definitions.record_decisions, recordDecisions),
  bindTool(definitions.recover_payments, recoverPayments),
  bindTool(definitions.register_adapter, registerAdapter),
  bindTool(definitions.report_scoring, reportScoring),
  bindTool(definitions.retrain_drawn, retrainDrawn),
  bindTool(definitions.seal_reports, sealReports),
  bindTool(definitions.set_budget, setBudget),
  bindTool(definitions.settle_channels, settleChannels),
  bindTool(definitions.settle_reports, settleReports),
  bindTool(definitions.show_rule, showRule),
  bindTool(definitions.retrain_payee, retrainPayee),
  bindTool(definitions.retrain_piece, retrainPiece),
  bindTool(definitions.run_recipe, runRecipe),
  bindTool(definitions.schedule_recipe, scheduleRecipe),
  bindTool(definitions.score_evaluation, scoreEvaluation),
  bindTool(definitions.split_epoch, splitEpoch),
  bindTool(definitions.statement, statement),
  bindTool(definitions.status, status),
  bindTool(definitions.summarise_tour, summariseTour),
  bindTool(definitions.trace_answer, traceAnswer),
  bindTool(definitions.trace_workflow, traceWorkflow),
  bindTool(definitions.train_adapter, trainAdapter),
  bindTool(definitions.train_block, trainBlock),
  bindTool(definitions.training_events, trainingEvents),
  bindTool(definitions.unroll_block, unrollBlock),
  bindTool(definitions.verify_adapter, verifyAdapter),
]
