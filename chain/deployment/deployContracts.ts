import { getContractAddress, type Hex } from 'viem'
import { TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { localChainId } from '../anvil/anvilCommand.ts'
import { untilChainAnswers } from '../anvil/untilChainAnswers.ts'
import { chainError } from '../client/chainError.ts'
import { createClients, type ChainReader, type ChainWriter } from '../client/createClients.ts'
import { createLock } from '../client/createLock.ts'
import { createPersist, type Chain } from '../client/openChain.ts'
import { defaultSendPolicy, type SendPolicy } from '../client/sendPolicy.ts'
import { submit } from '../client/submit.ts'
import { untilMined } from '../client/untilMined.ts'
import { testNode } from '../client/testNode.ts'
import type { Keys } from '../keys/loadOrCreateKeys.ts'
import { checkDeployment } from './checkDeployment.ts'
import { compiledContracts } from './compiledContracts.ts'
import { deployData } from './deployData.ts'
import {
  contractNames,
  deploymentVersion,
  type Contracts,
  type Deployment,
  type DeploymentFile,
  type DeploymentStep,
} from './deployment.ts'
import { defaultParameters, parameterChangesSchema, type Genesis, type ParameterChanges } from './parameters.ts'
import { readDeployment, writeDeployment } from './readDeployment.ts'
import { sameCode } from './sameCode.ts'

export type DeployOptions = ParameterChanges & {
  rpcUrl: string
  keys: Pick<Keys, 'operator' | 'steward'>
  /** JSON record of the addresses; a run that was cut goes on from it. */
  file: string
  /** See `openChain`. */
  stateFile?: string
  /** The rule and the engine that govern from the start. */
  genesis: Genesis
  /** See `openChain`. */
  sending?: Partial<SendPolicy>
  pollingMs?: number
  /** Told of each contract that is there. */
  onStep?: (step: DeploymentStep) => void
}

/**
 * Deploys the contracts, or goes on where an earlier run was cut, or reads back a finished deployment.
 * The addresses of all (functions of the deployer's next nonces) are recorded before the first is sent: contracts are built with
 * the addresses of others that come later, and the timelock is the admin of everything from the constructors on. Each is looked
 * for before it is sent again, so that nothing is deployed twice. On a local chain the deployer is given gas.
 * Throws chain/unreachable, chain/no-gas, chain/deployment-lost, chain/deployment-differs, chain/nonce-used when something else of
 * the deployer came between, chain/deployment-incomplete where the record is another deployer's and not finished.
 */
export async function deployContracts(options: DeployOptions): Promise<Deployment> {
  const { rpcUrl, keys, file, stateFile, pollingMs, onStep } = options
  const chainId = await untilChainAnswers(rpcUrl)
  const { reader, writer } = createClients({ rpcUrl, chainId, account: keys.operator, pollingMs })
  const found = readDeployment(file)
  if (found !== undefined && isFinished(found)) {
    await checkDeployment(reader, found)
    return found
  }
  if (found !== undefined) refuseOtherDeployer(found, writer.account.address)
  if (chainId === localChainId) await giveGas(reader, writer)

  const record = found ?? (await plannedRecord(options, { chainId, reader, writer }))
  const save = () => writeDeployment(file, record)
  save()
  const contracts = Object.fromEntries(record.steps.map(({ contract, address }) => [contract, address])) as Contracts
  const chain: Chain = {
    rpcUrl,
    chainId,
    reader,
    writer,
    contracts,
    fromBlock: 0n,
    confirmations: 0,
    lock: createLock(),
    inFlight: new Set(),
    sending: {
      ...defaultSendPolicy(chainId),
      ...options.sending,
    },
    published: {
      channels: 'absent',
      depositCollector: 'absent',
      permit2: 'absent',
      uptoProxy: 'absent',
      multicall: 'absent',
    },
    persist: createPersist(reader, chainId, stateFile),
  }
  for (const step of record.steps) {
    await deployStep(chain, step, deployData(step.contract, contracts, record.parameters))
    save()
    onStep?.(step)
  }
  const finished: Deployment = { ...record, contracts, fromBlock: record.steps[0]?.block ?? 0 }
  await checkDeployment(reader, finished, { fresh: true })
  writeDeployment(file, finished)
  return finished
}

/** The record of a deployment of which nothing was sent yet. */
export async function plannedRecord(
  options: DeployOptions,
  { chainId, reader, writer }: { chainId: number; reader: ChainReader; writer: ChainWriter },
): Promise<DeploymentFile> {
  const { keys, genesis } = options
  const changes = parameterChangesSchema.parse(options) as ParameterChanges
  return {
    v: deploymentVersion,
    chainId,
    sources: openToken.sources as Digest,
    parameters: defaultParameters(chainId, { keys, genesis, changes }),
    steps: await planSteps(reader, writer),
  }
}

/** The next nonces of the deployer, one for each contract. */
async function planSteps(reader: ChainReader, { account }: ChainWriter): Promise<DeploymentStep[]> {
  const from = account.address
  const next = await reader.getTransactionCount({ address: from, blockTag: 'pending' })
  return contractNames.map((contract, i) => {
    const nonce = next + i
    return { contract, nonce, address: getContractAddress({ from, nonce: BigInt(nonce) }).toLowerCase() as Address }
  })
}

/** Done where its code is there already, whoever's transaction that was: one that an earlier run sent may be on its way. */
async function deployStep(chain: Chain, step: DeploymentStep, data: Hex): Promise<void> {
  const { reader, writer } = chain
  const { contract, address, nonce } = step
  const action = `deploying ${contract}`
  const isThere = async () => sameCode(await reader.getCode({ address }), compiledContracts[contract])
  const used = async () =>
    new TributaryError('The deployer has used the nonce that this contract was to be deployed with.', {
      code: 'chain/nonce-used',
      facts: { contract, nonce, next: await reader.getTransactionCount({ address: writer.account.address }) },
      tryThis: 'the chain or the key was changed during the deployment: start in a new home',
    })
  try {
    if (await isThere()) return
    if ((await reader.getTransactionCount({ address: writer.account.address })) > nonce) throw await used()
    const receipt = await untilMined(chain, await submit(chain, { action, data, nonce, gap: 'tell' }))
    await chain.persist()
    if (receipt === 'replaced' && !(await isThere())) throw await used()
    if (receipt === 'replaced') return
    if (receipt.status !== 'success') throw new Error(`${receipt.transactionHash} was mined but failed`)
    step.tx = receipt.transactionHash as Digest
    step.block = Number(receipt.blockNumber)
  } catch (error) {
    throw chainError(error, { action, abi: compiledContracts[contract].abi })
  }
}

export function isFinished(record: DeploymentFile): record is Deployment {
  return record.fromBlock !== undefined && record.contracts !== undefined
}

/** Whoever copied the record of another reads that one's contracts, and deploys none in its place. */
function refuseOtherDeployer({ parameters, steps }: DeploymentFile, deployer: string): void {
  if (parameters.deployer === deployer.toLowerCase()) return
  throw new TributaryError('This deployment is another’s, and is not finished.', {
    code: 'chain/deployment-incomplete',
    facts: {
      deployer: parameters.deployer,
      missing: steps.flatMap(({ contract, tx }) => (tx === undefined ? [contract] : [])),
    },
    tryThis: 'ask its deployer to finish it, and copy the deployment.json that it then has',
  })
}

/** Test coins for a local chain, where gas has no price that matters. */
async function giveGas(reader: ChainReader, writer: ChainWriter): Promise<void> {
  const { address } = writer.account
  if ((await reader.getBalance({ address })) >= 10n ** 21n) return
  await testNode(reader, 'anvil_setBalance', [address, `0x${(10n ** 24n).toString(16)}`])
}
