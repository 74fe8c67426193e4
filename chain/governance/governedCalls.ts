import { encodeFunctionData } from 'viem'
import type { Address, Digest, RevenueRule } from '../../kernel/index.ts'
import { datanetPools } from '../abis/datanetPools.ts'
import { openGovernor } from '../abis/openGovernor.ts'
import { openTimelock } from '../abis/openTimelock.ts'
import { ruleRegistry } from '../abis/ruleRegistry.ts'
import type { Contracts } from '../deployment/deployment.ts'
import type { GovernanceCall } from './proposalId.ts'

/** Adopts a revenue rule with the back-test that was put before the voters. */
export function adoptRuleCall(
  { ruleRegistry: target }: Contracts,
  { digest, rule, report }: { digest: Digest; rule: RevenueRule; report: Digest },
): GovernanceCall {
  const { treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm } = rule
  const parts = { treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm }
  return {
    target,
    data: encodeFunctionData({ abi: ruleRegistry.abi, functionName: 'adoptRule', args: [digest, parts, report] }),
  }
}

/** Adopts a version of the attribution engine with the evidence that was put before the voters. */
export function adoptEngineCall(
  { ruleRegistry: target }: Contracts,
  { digest, report }: { digest: Digest; report: Digest },
): GovernanceCall {
  return {
    target,
    data: encodeFunctionData({ abi: ruleRegistry.abi, functionName: 'adoptEngine', args: [digest, report] }),
  }
}

/** Pays out of a Datanet's pool. `reason` is the digest of what the voters are told it is for. */
export function spendPoolCall(
  { datanetPools: target }: Contracts,
  { datanet, to, wei, reason }: { datanet: Digest; to: Address; wei: bigint; reason: Digest },
): GovernanceCall {
  return {
    target,
    data: encodeFunctionData({ abi: datanetPools.abi, functionName: 'spend', args: [datanet, to, wei, reason] }),
  }
}

/** Settings of governance itself, which a proposal alone changes. Whole seconds, wei, percent. */
export const governedParameters = [
  'votingDelaySeconds',
  'votingPeriodSeconds',
  'proposalThresholdWei',
  'quorumPercent',
  'timelockSeconds',
] as const
export type GovernedParameter = (typeof governedParameters)[number]

export function setParameterCall(contracts: Contracts, name: GovernedParameter, value: bigint): GovernanceCall {
  const { abi } = openGovernor
  const governor = (data: GovernanceCall['data']) => ({ target: contracts.openGovernor, data })
  if (name === 'timelockSeconds') {
    const data = encodeFunctionData({ abi: openTimelock.abi, functionName: 'updateDelay', args: [value] })
    return { target: contracts.openTimelock, data }
  }
  if (name === 'votingDelaySeconds')
    return governor(encodeFunctionData({ abi, functionName: 'setVotingDelay', args: [Number(value)] }))
  if (name === 'votingPeriodSeconds')
    return governor(encodeFunctionData({ abi, functionName: 'setVotingPeriod', args: [Number(value)] }))
  if (name === 'proposalThresholdWei')
    return governor(encodeFunctionData({ abi, functionName: 'setProposalThreshold', args: [value] }))
  return governor(encodeFunctionData({ abi, functionName: 'updateQuorumNumerator', args: [value] }))
}
