import { isAddressEqual } from 'viem'
import { TributaryError } from '../../kernel/index.ts'
import { datanetRegistry } from '../abis/datanetRegistry.ts'
import { feeEscrow } from '../abis/feeEscrow.ts'
import { modelRegistry } from '../abis/modelRegistry.ts'
import { openToken } from '../abis/openToken.ts'
import { payeeEscrow } from '../abis/payeeEscrow.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { rewardVault } from '../abis/rewardVault.ts'
import type { ChainReader } from '../client/createClients.ts'
import { contractNames, type ContractName, type Deployment } from './deployment.ts'
import { sameCode } from './sameCode.ts'

export const compiledContracts = {
  openToken,
  rewardVault,
  payeeEscrow,
  feeEscrow,
  datanetRegistry,
  modelRegistry,
  retrainBond,
} as const

/**
 * Reads a deployment back: the code of every contract, and how they are wired to each other and to the parties.
 * Throws chain/deployment-lost when a contract is not there, chain/deployment-differs when it is another.
 */
export async function checkDeployment(reader: ChainReader, { contracts, parameters }: Deployment): Promise<void> {
  for (const name of contractNames) {
    const code = await reader.getCode({ address: contracts[name] })
    if (code === undefined) throw lost(name, contracts[name])
    if (!sameCode(code, compiledContracts[name])) throw differs(name, 'code', 'compiled from other sources')
  }
  const vault = { address: contracts.rewardVault, abi: rewardVault.abi }
  const escrow = { address: contracts.feeEscrow, abi: feeEscrow.abi }
  const payees = { address: contracts.payeeEscrow, abi: payeeEscrow.abi }
  const models = { address: contracts.modelRegistry, abi: modelRegistry.abi }
  const datanets = { address: contracts.datanetRegistry, abi: datanetRegistry.abi }
  const bonds = { address: contracts.retrainBond, abi: retrainBond.abi }
  const wiring = await Promise.all([
    reader.readContract({ ...vault, functionName: 'token' }),
    reader.readContract({ ...vault, functionName: 'payees' }),
    reader.readContract({ ...vault, functionName: 'owner' }),
    reader.readContract({ ...escrow, functionName: 'token' }),
    reader.readContract({ ...escrow, functionName: 'vault' }),
    reader.readContract({ ...escrow, functionName: 'treasury' }),
    reader.readContract({ ...escrow, functionName: 'owner' }),
    reader.readContract({ ...payees, functionName: 'vault' }),
    reader.readContract({ ...payees, functionName: 'steward' }),
    reader.readContract({ ...models, functionName: 'datanets' }),
    reader.readContract({ ...models, functionName: 'owner' }),
    reader.readContract({ ...datanets, functionName: 'owner' }),
    reader.readContract({ ...bonds, functionName: 'token' }),
    reader.readContract({ ...bonds, functionName: 'models' }),
    reader.readContract({ ...bonds, functionName: 'treasury' }),
  ])
  const { operator, treasury, steward } = parameters
  // prettier-ignore
  const expected = [
    ['rewardVault', 'token', contracts.openToken], ['rewardVault', 'payees', contracts.payeeEscrow],
    ['rewardVault', 'owner', operator], ['feeEscrow', 'token', contracts.openToken],
    ['feeEscrow', 'vault', contracts.rewardVault], ['feeEscrow', 'treasury', treasury],
    ['feeEscrow', 'owner', operator], ['payeeEscrow', 'vault', contracts.rewardVault],
    ['payeeEscrow', 'steward', steward], ['modelRegistry', 'datanets', contracts.datanetRegistry],
    ['modelRegistry', 'owner', operator], ['datanetRegistry', 'owner', operator],
    ['retrainBond', 'token', contracts.openToken], ['retrainBond', 'models', contracts.modelRegistry],
    ['retrainBond', 'treasury', treasury],
  ] as const
  for (const [i, [name, field, wanted]] of expected.entries()) {
    if (!isAddressEqual(wiring[i]!, wanted)) throw differs(name, field, wiring[i]!)
  }
  const [seconds, ppm, terms] = await Promise.all([
    reader.readContract({ ...vault, functionName: 'challengeSeconds' }),
    reader.readContract({ ...escrow, functionName: 'maxTreasuryPpm' }),
    reader.readContract({ ...bonds, functionName: 'terms' }),
  ])
  if (Number(seconds) !== parameters.challengeSeconds) throw differs('rewardVault', 'challengeSeconds', String(seconds))
  if (Number(ppm) !== parameters.maxTreasuryPpm) throw differs('feeEscrow', 'maxTreasuryPpm', String(ppm))
  for (const [name, wanted] of Object.entries(parameters.bond)) {
    const found = String(terms[name as keyof typeof terms])
    if (found !== String(wanted)) throw differs('retrainBond', name, found)
  }
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
