export { anvilCommand, localChainId, type AnvilOptions } from './anvil/anvilCommand.ts'
export { recoverAnvil } from './anvil/recoverAnvil.ts'
export { type Anvil } from './anvil/spawnAnvil.ts'
export { startAnvil } from './anvil/startAnvil.ts'
export { untilChainAnswers } from './anvil/untilChainAnswers.ts'

export { keyRoles, loadOrCreateKeys, type KeyRole, type Keys } from './keys/loadOrCreateKeys.ts'
export { signErasure, verifyErasure } from './keys/signErasure.ts'
export { signLine, verifyLine } from './keys/signLine.ts'
export { signReceipt, verifyReceipt, type SignedReceipt } from './keys/signReceipt.ts'
export { signScores, verifyScores, type ScoresToSign } from './keys/signScores.ts'

export { deployContracts, type DeployOptions } from './deployment/deployContracts.ts'
export { deployFinal } from './deployment/deployFinal.ts'
export { ensureDeployment } from './deployment/ensureDeployment.ts'
export { planDeployment, type DeploymentPlan } from './deployment/planDeployment.ts'
export { type Contracts, type Deployment } from './deployment/deployment.ts'
export {
  parameterChangesSchema,
  type DeploymentParameters,
  type Genesis,
  type ParameterChanges,
} from './deployment/parameters.ts'
export { readRoles, type RoleHolders } from './deployment/roles.ts'
export { openChain, type Chain, type OpenChainOptions } from './client/openChain.ts'
export { chainSettings } from './client/chainSettings.ts'
export { type SendPolicy } from './client/sendPolicy.ts'
export { type Sent } from './client/sendOnce.ts'
export { openReader } from './client/openReader.ts'
export { inOrder, untilBlock, untilFinal } from './client/untilFinal.ts'
export { openVault } from './client/openVault.ts'
export { chainAs } from './client/chainAs.ts'

export { commitBatch, type BatchCommitment } from './actions/commitBatch.ts'
export { publishVersion, readVersion, type DatanetVersionRecord } from './actions/publishVersion.ts'
export { readModel, registerModel, type ModelRecord } from './actions/registerModel.ts'
export { untilChainTime } from './actions/untilChainTime.ts'
export { bringToPresent } from './actions/bringToPresent.ts'
export { drawSeed } from './actions/drawSeed.ts'
export { headBlock } from './actions/headBlock.ts'
export { ensureOpen } from './actions/ensureOpen.ts'
export { readBalance } from './actions/readBalance.ts'
export { readMoney, type Money } from './actions/readMoney.ts'
export { refund, type Refund } from './actions/refund.ts'
export { closeEpoch, readClosing, type ClosedEpoch, type EpochClosing } from './actions/closeEpoch.ts'
export { proposeRoot, readRoot, type ProposedRoot, type RootOnChain } from './actions/proposeRoot.ts'
export { readEvidence } from './actions/readEvidence.ts'
export { readCeilings } from './actions/readCeilings.ts'
export { rootStatus, type RootState, type RootStatus } from './actions/rootStatus.ts'
export { finaliseRoot } from './actions/finaliseRoot.ts'
export { claimMany, readClaimed, type ClaimResult } from './actions/claimMany.ts'
export { mergePayees } from './actions/mergePayees.ts'
export { finishRecovery, readPayee, requestRecovery, type PayeeStanding } from './actions/recoverPayee.ts'
export { bindPayee, signBinding, type Binding } from './actions/bindPayee.ts'
export { readEscrowed, withdrawPayee } from './actions/withdrawPayee.ts'

export { readStake, stakeRoles, type Stake, type StakeRole } from './actions/readStake.ts'
export { raiseStake } from './actions/raiseStake.ts'
export { lowerStake } from './actions/lowerStake.ts'
export { withdrawStake } from './actions/withdrawStake.ts'
export { disputeStates, readDispute, readDisputeTerms, type Dispute, type DisputeState } from './actions/readDispute.ts'
export { openDispute, type Challenged } from './actions/openDispute.ts'
export { answerDispute } from './actions/answerDispute.ts'
export { endDispute, type DisputeEnd } from './actions/endDispute.ts'

export { drawMembers } from './actions/drawMembers.ts'
export { postBond, type BondToPost } from './actions/postBond.ts'
export { sealReport } from './actions/sealReport.ts'
export { openReport } from './actions/openReport.ts'
export { resolveCase } from './actions/resolveCase.ts'
export { collectReport } from './actions/collectReport.ts'
export { withdrawOwed } from './actions/withdrawOwed.ts'
export { bondOf } from './bond/bondOf.ts'
export { type MemberReport } from './bond/memberReport.ts'
export { drawnMembers, drawSeedOf } from './bond/drawnMembers.ts'
export { readBond, readBondTerms, readReport, type Bond, type BondCase, type CaseOutcome } from './bond/readBond.ts'

export { payeeKey } from './merkle/payeeKey.ts'
export {
  growRewardTree,
  rewardTree,
  verifyRewardClaim,
  type RewardClaim,
  type RewardColumns,
  type RewardLeaf,
  type RewardTree,
} from './merkle/rewardTree.ts'

export { networkOf, openDomain, paymentRequirements } from './payments/paymentRequirements.ts'
export { paymentChallenge, soldHere, type PaymentChallenge } from './payments/paymentChallenge.ts'
export type { DecodedPayment, PaymentScheme, PaymentToSettle } from './payments/paymentScheme.ts'
export { exactScheme } from './payments/exactScheme.ts'
export { exactBuyer, type BuyerScheme, type SignedPayment } from './payments/buyerScheme.ts'
export { channelBuyer, type ChannelBuyerOptions, type OwnChannels } from './payments/channels/channelBuyer.ts'
export { uptoScheme } from './payments/upto/uptoScheme.ts'
export { uptoBuyer } from './payments/upto/uptoBuyer.ts'
export { channelScheme, withdrawDelay } from './payments/channels/channelScheme.ts'
export type { ChannelBook, ChannelRecord } from './payments/channels/channelBook.ts'
export { channelConfigSchema, type ChannelConfig } from './payments/channels/channelConfig.ts'
export { channelIdOf, voucherDigest } from './payments/channels/channelDigests.ts'
export { claimChannels, claimOf, type ChannelClaim } from './payments/channels/claimChannels.ts'
export { readChannel } from './payments/channels/readChannel.ts'
export { refundChannel } from './payments/channels/refundChannel.ts'
export { publishedContracts, type PublishedContract } from './deployment/publishedContracts.ts'
export { type Presence } from './deployment/placeStandIns.ts'
export { recoverSigner } from './keys/fastSigner.ts'
export { decodePayload, decodePayment } from './payments/decodePayment.ts'
export { verifyPayment } from './payments/verifyPayment.ts'
export { settlePayment } from './payments/settlePayment.ts'
export { readSettlements, type SettlementSeen } from './payments/readSettlements.ts'
export { settlementState, type SettlementState } from './payments/settlementState.ts'
export { claimedOf, movedToEscrow } from './payments/movedToEscrow.ts'
export { paymentReceiptHeader } from './payments/paymentReceiptHeader.ts'
export { paymentResponse, type Charged } from './payments/paymentResponse.ts'
export { signedOffers, signedPaymentReceipt } from './payments/protocolReceipts.ts'
export { refusal, refusals, type RefusalCode } from './payments/refusal.ts'
export {
  createPayingFetch,
  settlementOf,
  type PayingFetch,
  type PayingFetchOptions,
  type PaymentTerms,
} from './payments/createPayingFetch.ts'
export type { PaymentPayload, PaymentRequirements } from '@x402/core/types'

export { proposalId, type GovernanceCall, type ProposalContent } from './governance/proposalId.ts'
export { propose } from './governance/propose.ts'
export { delegateVotes, readVotes } from './governance/delegateVotes.ts'
export { ballotOf, castVote, signVote, type SignedVote, type Support } from './governance/castVote.ts'
export { executeProposal, queueProposal } from './governance/carryOut.ts'
export {
  listProposals,
  readProposal,
  type ProposalOnChain,
  type ProposalState,
  type SentProposal,
} from './governance/readProposal.ts'
export {
  adoptEngineCall,
  adoptRuleCall,
  setParameterCall,
  spendPoolCall,
  type GovernedParameter,
} from './governance/governedCalls.ts'
export { decodeCall, type DecodedCall } from './governance/decodeCall.ts'
export { readAdoptions, readCurrent, type Adoption, type GovernedKind } from './governance/readRules.ts'
export { readPool, type PoolMove } from './governance/readPool.ts'
