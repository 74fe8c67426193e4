import { decodeDeployData, type Abi, type Hex } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'
import { untilChainAnswers } from '../anvil/untilChainAnswers.ts'
import { createClients, type ChainReader } from '../client/createClients.ts'
import { feesNow } from '../client/feesNow.ts'
import { defaultSendPolicy } from '../client/sendPolicy.ts'
import { compiledContracts } from './compiledContracts.ts'
import { plannedRecord, type DeployOptions } from './deployContracts.ts'
import { deployData } from './deployData.ts'
import type { ContractName, Contracts } from './deployment.ts'
import type { DeploymentParameters } from './parameters.ts'
import { readDeployment } from './readDeployment.ts'
import { genesisHolders, rolesOf, type RoleHolders } from './roles.ts'
import { sameCode } from './sameCode.ts'

export type PlannedContract = {
  contract: ContractName
  /** A function of deployer and nonce. */
  address: Address
  nonce: number
  /** What it is built with, by the names of the constructor. */
  arguments: Record<string, unknown>
  isThere: boolean
  /** None for one that is there. `bySize`: the node would not run it, so its size was counted. */
  gas: bigint
  gasFrom: 'run' | 'bySize'
}

export type DeploymentPlan = {
  chainId: number
  /** Without the path, which may hold a key. */
  rpcHost: string
  deployer: Address
  balanceWei: bigint
  contracts: PlannedContract[]
  parameters: DeploymentParameters
  roles: RoleHolders[]
  gas: bigint
  /** The most that a unit of gas would cost now, and all of it. */
  feePerGasWei: bigint
  costWei: bigint
  sources: Digest
}

/**
 * What `deployContracts` would do with the same options, or has still to do where an earlier run was cut. Sends nothing and
 * writes nothing. Gas is what the node says of a run with the others in place, else what the size of the code costs:
 *
 *   53,000 + 16 for each byte sent + 200 for each byte of code + 50,000 for the constructor
 *
 * Throws chain/unreachable, chain/fee-too-high, chain/deployment-unreadable.
 */
export async function planDeployment(options: DeployOptions): Promise<DeploymentPlan> {
  const { rpcUrl, keys, file } = options
  const chainId = await untilChainAnswers(rpcUrl)
  const { reader, writer } = createClients({ rpcUrl, chainId, account: keys.operator })
  const { parameters, steps, sources } =
    readDeployment(file) ?? (await plannedRecord(options, { chainId, reader, writer }))
  const contracts = Object.fromEntries(steps.map(({ contract, address }) => [contract, address])) as Contracts
  const deployer = writer.account.address.toLowerCase() as Address
  const sending = { ...defaultSendPolicy(chainId), ...options.sending }
  const [balanceWei, fees] = await Promise.all([
    reader.getBalance({ address: deployer }),
    feesNow({ reader, sending }, 'planning a deployment'),
  ])
  const planned = await Promise.all(
    steps.map(async ({ contract, address, nonce }): Promise<PlannedContract> => {
      const data = deployData(contract, contracts, parameters)
      const isThere = sameCode(await reader.getCode({ address }), compiledContracts[contract])
      const cost = isThere ? { gas: 0n, gasFrom: 'run' as const } : await gasOf(reader, { contract, contracts, data })
      return { contract, address, nonce, arguments: argumentsOf(contract, data), isThere, ...cost }
    }),
  )
  const gas = planned.reduce((sum, one) => sum + one.gas, 0n)
  return {
    chainId,
    rpcHost: new URL(rpcUrl).host,
    deployer,
    balanceWei,
    contracts: planned,
    parameters,
    roles: rolesAtGenesis(contracts, parameters),
    gas,
    feePerGasWei: fees.maxFeePerGas,
    costWei: gas * fees.maxFeePerGas,
    sources,
  }
}

/** Not the deployer: what it would make next is at an address where the code of another is put. No constructor asks who sends. */
const somebody = '0x000000000000000000000000000000000000dead'

/** Run with the code of the others at their addresses, since a constructor may call them. */
async function gasOf(
  reader: ChainReader,
  { contract, contracts, data }: { contract: ContractName; contracts: Contracts; data: Hex },
): Promise<Pick<PlannedContract, 'gas' | 'gasFrom'>> {
  const others = Object.entries(contracts).filter(([name]) => name !== contract)
  const stateOverride = others.map(([name, address]) => ({
    address,
    code: compiledContracts[name as ContractName].runtime as Hex,
  }))
  try {
    const gas = await reader.estimateGas({ account: somebody, data, stateOverride, prepare: false })
    return { gas: (gas * 5n) / 4n, gasFrom: 'run' }
  } catch {
    const [sent, code] = [data.length / 2 - 1, compiledContracts[contract].runtime.length / 2 - 1]
    return { gas: BigInt(53_000 + 16 * sent + 200 * code + 50_000), gasFrom: 'bySize' }
  }
}

function argumentsOf(contract: ContractName, data: Hex): Record<string, unknown> {
  const { abi, bytecode }: { abi: Abi; bytecode: Hex } = compiledContracts[contract]
  const { args } = decodeDeployData({ abi, bytecode, data })
  const inputs = abi.find(({ type }) => type === 'constructor')
  const names = inputs?.type === 'constructor' ? inputs.inputs.map(({ name }) => name ?? '') : []
  return Object.fromEntries(args.map((value, i) => [names[i] || String(i), value]))
}

function rolesAtGenesis(contracts: Contracts, parameters: DeploymentParameters): RoleHolders[] {
  return (Object.keys(rolesOf) as (keyof typeof rolesOf)[]).flatMap((contract) =>
    (['DEFAULT_ADMIN_ROLE', ...rolesOf[contract]] as const).map((role) => ({
      contract,
      role,
      holders: genesisHolders(role, contracts, parameters),
    })),
  )
}
