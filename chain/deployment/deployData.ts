import { encodeDeployData, type Hex } from 'viem'
import type { Contracts, ContractName } from './deployment.ts'
import { compiledContracts } from './compiledContracts.ts'
import type { DeploymentParameters } from './parameters.ts'

/** What each contract is built with: code and arguments, the addresses of the others among them. */
export function deployData(name: ContractName, contracts: Contracts, parameters: DeploymentParameters): Hex {
  const { openToken: token, openTimelock: timelock } = contracts
  const { roles, genesis, governance, disputes, bond } = parameters
  const { operators, pausers, stewards, resolvers } = roles
  const ceilings = [BigInt(parameters.maxTreasuryPpm), BigInt(parameters.maxOperatorPpm)] as const
  const data: Record<ContractName, () => Hex> = {
    openToken: () =>
      encodeDeployData({ ...compiledContracts.openToken, args: [parameters.deployer, BigInt(parameters.supplyWei)] }),
    openTimelock: () =>
      encodeDeployData({
        ...compiledContracts.openTimelock,
        args: [BigInt(governance.timelockSeconds), contracts.openGovernor],
      }),
    openGovernor: () =>
      encodeDeployData({
        ...compiledContracts.openGovernor,
        args: [
          token,
          timelock,
          {
            votingDelaySeconds: governance.votingDelaySeconds,
            votingPeriodSeconds: governance.votingPeriodSeconds,
            proposalThresholdWei: BigInt(governance.proposalThresholdWei),
            quorumPercent: BigInt(governance.quorumPercent),
          },
        ],
      }),
    ruleRegistry: () =>
      encodeDeployData({
        ...compiledContracts.ruleRegistry,
        args: [timelock, ...ceilings, genesis.rule, genesis, genesis.engine],
      }),
    datanetRegistry: () => encodeDeployData({ ...compiledContracts.datanetRegistry, args: [timelock, operators] }),
    modelRegistry: () =>
      encodeDeployData({
        ...compiledContracts.modelRegistry,
        args: [contracts.datanetRegistry, contracts.ruleRegistry, timelock, operators],
      }),
    payeeEscrow: () =>
      encodeDeployData({
        ...compiledContracts.payeeEscrow,
        args: [token, contracts.rewardVault, timelock, stewards, BigInt(parameters.recoverySeconds)],
      }),
    rewardVault: () =>
      encodeDeployData({
        ...compiledContracts.rewardVault,
        args: [
          token,
          contracts.payeeEscrow,
          BigInt(parameters.challengeSeconds),
          timelock,
          operators,
          pausers,
          contracts.disputes,
        ],
      }),
    datanetPools: () =>
      encodeDeployData({ ...compiledContracts.datanetPools, args: [token, contracts.feeEscrow, timelock] }),
    feeEscrow: () =>
      encodeDeployData({
        ...compiledContracts.feeEscrow,
        args: [
          token,
          contracts.rewardVault,
          contracts.datanetPools,
          timelock,
          operators,
          ...ceilings,
          BigInt(parameters.closingSeconds),
        ],
      }),
    staking: () =>
      encodeDeployData({
        ...compiledContracts.staking,
        args: [token, BigInt(parameters.cooldownSeconds), timelock, contracts.disputes],
      }),
    disputes: () =>
      encodeDeployData({
        ...compiledContracts.disputes,
        args: [
          token,
          contracts.rewardVault,
          contracts.staking,
          timelock,
          resolvers,
          { ...disputes, bondWei: BigInt(disputes.bondWei) },
        ],
      }),
    retrainBond: () =>
      encodeDeployData({
        ...compiledContracts.retrainBond,
        args: [
          token,
          contracts.modelRegistry,
          timelock,
          { ...bond, minBondWei: BigInt(bond.minBondWei), reportBondWei: BigInt(bond.reportBondWei) },
        ],
      }),
  }
  return data[name]()
}
