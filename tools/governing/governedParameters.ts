/** Settings of governance itself, which a proposal alone changes. Whole seconds, wei, percent. Named as the chain's encoder names them. */
export const governedParameters = [
  'votingDelaySeconds',
  'votingPeriodSeconds',
  'proposalThresholdWei',
  'quorumPercent',
  'timelockSeconds',
] as const
