import { AbiDecodingZeroDataError, BaseError, ContractFunctionZeroDataError, type Abi } from 'viem'
import { TributaryError } from '../../kernel/index.ts'
import type { ChainReader } from '../client/createClients.ts'
import { compiledContracts } from './compiledContracts.ts'
import { contractNames, type ContractName, type Contracts, type Deployment } from './deployment.ts'
import type { DeploymentParameters } from './parameters.ts'
import { genesisHolders, readRoles, type RoleName } from './roles.ts'
import { sameCode } from './sameCode.ts'

/** Roles that governance may give to others in the life of a deployment. */
const movable: readonly RoleName[] = ['OPERATOR_ROLE', 'PAUSER_ROLE', 'STEWARD_ROLE', 'RESOLVER_ROLE']

/** Told of each thing that was read and is as it should be. */
export type Passed = (contract: ContractName, what: string, found: string) => void

/**
 * Reads a deployment back: the code of every contract, how they are wired to each other, what they were built with, and who
 * holds which role. That the timelock is the only admin, the governor its only proposer, anybody its executor, and Disputes the
 * only one who holds roots and takes stakes must always be so; who else holds a role must be as recorded when it is `fresh`, and may
 * have been changed by governance afterwards.
 * Throws chain/deployment-lost when a contract is not there, chain/deployment-differs when it is another.
 */
export async function checkDeployment(
  reader: ChainReader,
  { contracts, parameters }: Pick<Deployment, 'contracts' | 'parameters'>,
  { fresh = false, passed = () => {} }: { fresh?: boolean; passed?: Passed } = {},
): Promise<void> {
  const codes = await Promise.all(contractNames.map((name) => reader.getCode({ address: contracts[name] })))
  for (const [i, name] of contractNames.entries()) {
    if (codes[i] === undefined) throw lost(name, contracts[name])
    if (!sameCode(codes[i], compiledContracts[name])) throw differs(name, 'code', 'compiled from other sources')
    passed(name, 'code', contracts[name])
  }
  await checkFields(reader, contracts, wiringOf(contracts, parameters), passed)
  await checkTerms(reader, contracts, parameters, passed)
  if (fresh) await checkFields(reader, contracts, settingsOf(parameters), passed)
  const roles = await orLost(readRoles({ reader, contracts }), 'openTimelock', contracts.openTimelock)
  for (const { contract, role, holders } of roles) {
    if (!fresh && movable.includes(role)) continue
    const wanted = genesisHolders(role, contracts, parameters)
    if (holders.toSorted().join() !== wanted.toSorted().join()) throw differs(contract, role, holders.join())
    passed(contract, role, holders.join(', ') || 'nobody')
  }
}

type Fields = Partial<Record<ContractName, Record<string, string | number>>>

/** Every value that a constructor fixed, by contract and function: addresses, seconds and ppm. */
function wiringOf(contracts: Contracts, parameters: DeploymentParameters): Fields {
  const { openToken: token, openTimelock: timelock } = contracts
  const { maxTreasuryPpm, maxOperatorPpm, challengeSeconds, closingSeconds } = parameters
  return {
    openGovernor: { token, timelock },
    ruleRegistry: { timelock, maxTreasuryPpm, maxOperatorPpm },
    modelRegistry: { datanets: contracts.datanetRegistry, rules: contracts.ruleRegistry },
    payeeEscrow: { token, vault: contracts.rewardVault, recoverySeconds: parameters.recoverySeconds },
    rewardVault: { token, payees: contracts.payeeEscrow, challengeSeconds },
    datanetPools: { token, escrow: contracts.feeEscrow, timelock },
    feeEscrow: {
      token,
      vault: contracts.rewardVault,
      pools: contracts.datanetPools,
      treasury: timelock,
      maxTreasuryPpm,
      maxOperatorPpm,
      closingSeconds,
    },
    staking: { token, cooldownSeconds: parameters.cooldownSeconds },
    disputes: { token, vault: contracts.rewardVault, staking: contracts.staking, treasury: timelock },
    retrainBond: { token, models: contracts.modelRegistry, treasury: timelock },
  }
}

/** What governance may change afterwards: as it begins. */
function settingsOf({ supplyWei, governance }: DeploymentParameters): Fields {
  return {
    openToken: { totalSupply: supplyWei },
    openTimelock: { getMinDelay: governance.timelockSeconds },
    openGovernor: {
      votingDelay: governance.votingDelaySeconds,
      votingPeriod: governance.votingPeriodSeconds,
      proposalThreshold: governance.proposalThresholdWei,
      quorumNumerator: governance.quorumPercent,
    },
  }
}

async function checkFields(reader: ChainReader, contracts: Contracts, expected: Fields, passed: Passed): Promise<void> {
  const asked = Object.entries(expected).flatMap(([name, fields]) =>
    Object.entries(fields).map(([field, wanted]) => ({ name: name as ContractName, field, wanted })),
  )
  const found = await Promise.all(asked.map(({ name, field }) => readField(reader, contracts, name, field)))
  for (const [i, { name, field, wanted }] of asked.entries()) {
    if (String(found[i]).toLowerCase() !== String(wanted).toLowerCase()) throw differs(name, field, String(found[i]))
    passed(name, field, String(found[i]))
  }
}

/** Terms of bonds and disputes, and the rule at genesis. */
async function checkTerms(
  reader: ChainReader,
  contracts: Contracts,
  parameters: DeploymentParameters,
  passed: Passed,
): Promise<void> {
  const { genesis, disputes, bond } = parameters
  const { engine, rule, ...parts } = genesis
  const rules = { address: contracts.ruleRegistry, abi: compiledContracts.ruleRegistry.abi }
  const adoption = (kind: number) =>
    orLost(reader.readContract({ ...rules, functionName: 'adoption', args: [kind, 0n] }), 'ruleRegistry', rules.address)
  const [bondTerms, disputeTerms, firstRule, firstEngine] = await Promise.all([
    readField(reader, contracts, 'retrainBond', 'terms'),
    readField(reader, contracts, 'disputes', 'terms'),
    adoption(0),
    adoption(1),
  ])
  const checks: [ContractName, object, unknown][] = [
    ['retrainBond', bond, bondTerms],
    ['disputes', disputes, disputeTerms],
    ['ruleRegistry', { rule, engine }, { rule: firstRule.digest, engine: firstEngine.digest }],
    ['ruleRegistry', parts, firstRule.parts],
  ]
  for (const [name, wanted, found] of checks) {
    for (const [field, value] of Object.entries(wanted)) {
      const other = String((found as Record<string, unknown>)[field])
      if (other !== String(value)) throw differs(name, field, other)
      passed(name, field, other)
    }
  }
}

async function readField(
  reader: ChainReader,
  contracts: Contracts,
  name: ContractName,
  field: string,
): Promise<unknown> {
  const { abi }: { abi: Abi } = compiledContracts[name]
  const address = contracts[name]
  return orLost(reader.readContract({ address, abi, functionName: field }), name, address)
}

/** A contract whose code was there a moment ago and that answers nothing now, or a block that is no more: a reorganisation took it. */
async function orLost<T>(reading: Promise<T>, name: ContractName, address: string): Promise<T> {
  try {
    return await reading
  } catch (error) {
    throw error instanceof BaseError && error.walk(isOfAReorganisation) !== null ? lost(name, address) : error
  }
}

function isOfAReorganisation(error: unknown): boolean {
  if (error instanceof ContractFunctionZeroDataError || error instanceof AbiDecodingZeroDataError) return true
  // What anvil and geth say of a latest block that went while they read it.
  return error instanceof BaseError && /BlockOutOfRange|header not found/.test(error.details)
}

function lost(contract: ContractName, address: string): TributaryError {
  return new TributaryError('A deployed contract is gone from the chain.', {
    code: 'chain/deployment-lost',
    facts: { contract, address },
    tryThis: 'the chain’s state was lost or is another one: restore anvil.json, or start in a new home',
  })
}

function differs(contract: ContractName, field: string, found: string): TributaryError {
  return new TributaryError('A contract on chain is not the one that was deployed.', {
    code: 'chain/deployment-differs',
    facts: { contract, field, found },
    tryThis: 'use the version of this software that deployed it, or deploy to a new home',
  })
}
