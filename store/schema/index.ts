export { effects } from './effects.ts'
export {
  contributions,
  datanetAuditors,
  datanets,
  datanetVersions,
  decisions,
  samples,
  versionSamples,
} from './datanets.ts'
export { adapterFiles, adapters, aliases, checkpoints, runs } from './adapters.ts'
export {
  answers,
  attributions,
  payments,
  paymentStates,
  receipts,
  rules,
  type FinishReason,
  type PaymentState,
} from './payments.ts'
export { epochs, epochStates, leaves, type EpochState, type Owed, type PoolParts } from './epochs.ts'
export { histories, tours, traces } from './traces.ts'
export { purchases } from './purchases.ts'
export { channels, ownChannels } from './channels.ts'
export { payeeClaims, payeeKeys, type PayeeClaimState } from './payees.ts'
export { leases } from './leases.ts'
export { answerJobs, engineWorkers } from './answerJobs.ts'
export { budgetLimits, budgetScopes, budgetUses, spendings, type BudgetScope, type SpendingState } from './budgets.ts'
export { paymentIdentifiers } from './paymentIdentifiers.ts'
export { calls, type CallKind } from './calls.ts'
export {
  approvalModes,
  approvalRules,
  approvals,
  approvalStates,
  type ApprovalMode,
  type ApprovalState,
} from './approvals.ts'
export { recipes, recipeStarts, recipeWatches } from './recipes.ts'
