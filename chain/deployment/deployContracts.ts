import { encodeDeployData, getContractAddress, type Hex } from 'viem'
import { TributaryError, type Address, type Digest, type Ppm, type WeiString } from '../../kernel/index.ts'
import { datanetRegistry } from '../abis/datanetRegistry.ts'
import { feeEscrow } from '../abis/feeEscrow.ts'
import { modelRegistry } from '../abis/modelRegistry.ts'
import { openToken } from '../abis/openToken.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { rewardVault } from '../abis/rewardVault.ts'
import { localChainId } from '../anvil/anvilCommand.ts'
import { untilChainAnswers } from '../anvil/untilChainAnswers.ts'
import { chainError } from '../client/chainError.ts'
import { createClients, type ChainReader, type ChainWriter } from '../client/createClients.ts'
import { createPersist } from '../client/openChain.ts'
import { testNode } from '../client/testNode.ts'
import type { Keys } from '../keys/loadOrCreateKeys.ts'
import { checkDeployment, compiledContracts } from './checkDeployment.ts'
import {
  contractNames,
  defaultBondTerms,
  type BondTerms,
  type ContractName,
  type Contracts,
  type Deployment,
  type DeploymentFile,
  type DeploymentParameters,
} from './deployment.ts'
import { readDeployment, writeDeployment } from './readDeployment.ts'
import { sameCode } from './sameCode.ts'

export type DeployOptions = {
  rpcUrl: string
  keys: Pick<Keys, 'operator' | 'treasury' | 'steward'>
  /** JSON record of the addresses; a run that was cut goes on from it. */
  file: string
  /** See `openChain`. */
  stateFile?: string
  /** Whole supply of OPEN, minted once to the operator. Default 10^9 OPEN. */
  supplyWei?: bigint
  /** Time in which a proposed root can be withdrawn. Default 1 s, for a local chain. */
  challengeSeconds?: number
  /** The most the treasury may take of an epoch. Default 30 %. */
  maxTreasuryPpm?: number
  /** Of RetrainBond; what is not given is as in defaultBondTerms. */
  bond?: Partial<BondTerms>
}

/**
 * Deploys the contracts, or goes on where an earlier run was cut, or reads back a finished deployment. To one of an earlier
 * version it adds the contracts that came since.
 * Each step is recorded with its address (a function of the operator's nonce) before it is sent and looked for before
 * it is sent again, so that nothing is deployed twice. On a local chain the operator is given gas.
 * Throws chain/unreachable, chain/no-gas, chain/deployment-lost, chain/deployment-differs, chain/nonce-used,
 * chain/deployment-incomplete where the record is of another operator, who has to add what it lacks.
 */
export async function deployContracts(options: DeployOptions): Promise<Deployment> {
  const { rpcUrl, keys, file, stateFile } = options
  const chainId = await untilChainAnswers(rpcUrl)
  const { reader, writer } = createClients({ rpcUrl, chainId, account: keys.operator })
  const persist = createPersist(reader, chainId, stateFile)
  const record = readDeployment(file) ?? emptyRecord(chainId, options)
  if (isFinished(record)) {
    await checkDeployment(reader, record)
    return record
  }
  refuseOtherOperator(record, writer.account.address)
  if (chainId === localChainId) await giveGas(reader, writer)

  const deploy = (contract: ContractName, initCode: Hex) =>
    deployStep({ reader, writer, record, save: () => writeDeployment(file, record), persist }, contract, initCode)

  const { operator, treasury, steward, supplyWei, challengeSeconds, maxTreasuryPpm, bond } = record.parameters
  const token = await deploy('openToken', encodeDeployData({ ...openToken, args: [operator, BigInt(supplyWei)] }))
  const vault = await deploy(
    'rewardVault',
    encodeDeployData({ ...rewardVault, args: [token, steward, BigInt(challengeSeconds), operator] }),
  )
  const escrow = await deploy(
    'feeEscrow',
    encodeDeployData({ ...feeEscrow, args: [token, vault, treasury, BigInt(maxTreasuryPpm), operator] }),
  )
  const datanets = await deploy('datanetRegistry', encodeDeployData({ ...datanetRegistry, args: [operator] }))
  const models = await deploy('modelRegistry', encodeDeployData({ ...modelRegistry, args: [datanets, operator] }))
  const terms = { ...bond, minBondWei: BigInt(bond.minBondWei), reportBondWei: BigInt(bond.reportBondWei) }
  const bonds = await deploy(
    'retrainBond',
    encodeDeployData({ ...retrainBond, args: [token, models, treasury, terms] }),
  )
  const payees = await reader.readContract({ address: vault, abi: rewardVault.abi, functionName: 'payees' })
  const contracts: Contracts = {
    openToken: token,
    rewardVault: vault,
    payeeEscrow: payees as Address,
    feeEscrow: escrow,
    datanetRegistry: datanets,
    modelRegistry: models,
    retrainBond: bonds,
  }
  const finished: Deployment = { ...record, contracts, fromBlock: record.steps[0]?.block ?? 0 }
  await checkDeployment(reader, finished)
  writeDeployment(file, finished)
  return finished
}

type StepContext = {
  reader: ChainReader
  writer: ChainWriter
  record: DeploymentFile
  save: () => void
  persist: () => Promise<void>
}

async function deployStep(context: StepContext, contract: ContractName, data: Hex): Promise<Address> {
  const { reader, writer, record, save, persist } = context
  const { address: from } = writer.account
  const action = `deploying ${contract}`
  let step = record.steps.find((known) => known.contract === contract)
  if (step === undefined) {
    const nonce = await reader.getTransactionCount({ address: from, blockTag: 'pending' })
    const address = getContractAddress({ from, nonce: BigInt(nonce) }).toLowerCase() as Address
    step = { contract, address, nonce }
    record.steps.push(step)
    save()
  }
  const { address, nonce } = step
  if (sameCode(await reader.getCode({ address }), compiledContracts[contract])) return address

  try {
    const used = await reader.getTransactionCount({ address: from, blockTag: 'latest' })
    if (used > nonce) {
      throw new TributaryError('The operator has used the nonce that this contract was to be deployed with.', {
        code: 'chain/nonce-used',
        facts: { contract, nonce, next: used },
        tryThis: 'the chain or the key was changed during the deployment: start in a new home',
      })
    }
    // The nonce is given: were the transaction of an earlier run still in flight, only one of the two can be mined.
    const hash = await writer.sendTransaction({ data, nonce })
    const { status, blockNumber } = await reader.waitForTransactionReceipt({ hash, timeout: 120_000 })
    await persist()
    if (status !== 'success') throw new Error(`${hash} was mined but failed`)
    step.tx = hash as Digest
    step.block = Number(blockNumber)
    save()
    return address
  } catch (error) {
    throw chainError(error, { action, abi: compiledContracts[contract].abi })
  }
}

function emptyRecord(chainId: number, options: DeployOptions): DeploymentFile {
  const { keys, supplyWei = 10n ** 27n, challengeSeconds = 1, maxTreasuryPpm = 300_000, bond } = options
  const parameters: DeploymentParameters = {
    supplyWei: supplyWei.toString() as WeiString,
    challengeSeconds,
    maxTreasuryPpm: maxTreasuryPpm as Ppm,
    operator: keys.operator.address.toLowerCase() as Address,
    treasury: keys.treasury.address.toLowerCase() as Address,
    steward: keys.steward.address.toLowerCase() as Address,
    bond: { ...defaultBondTerms(chainId), ...bond },
  }
  return { v: 1, chainId, sources: openToken.sources as Digest, parameters, steps: [] }
}

function isFinished(record: DeploymentFile): record is Deployment {
  const { contracts, fromBlock } = record
  return fromBlock !== undefined && contractNames.every((name) => contracts?.[name] !== undefined)
}

/** Whoever copied the record of another reads that one's contracts, and deploys none in its place. */
function refuseOtherOperator({ parameters, contracts }: DeploymentFile, operator: string): void {
  if (parameters.operator === operator.toLowerCase()) return
  throw new TributaryError('This deployment is another operator’s, and lacks contracts of this version.', {
    code: 'chain/deployment-incomplete',
    facts: {
      operator: parameters.operator,
      missing: contractNames.filter((name) => contracts?.[name] === undefined),
    },
    tryThis: 'ask its operator to start this version once, and copy the deployment.json that it then has',
  })
}

/** Test coins for a local chain, where gas has no price that matters. */
async function giveGas(reader: ChainReader, writer: ChainWriter): Promise<void> {
  const { address } = writer.account
  if ((await reader.getBalance({ address })) >= 10n ** 21n) return
  await testNode(reader, 'anvil_setBalance', [address, `0x${(10n ** 24n).toString(16)}`])
}
