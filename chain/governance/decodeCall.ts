import { decodeFunctionData, type Abi } from 'viem'
import { compiledContracts } from '../deployment/compiledContracts.ts'
import type { ContractName, Contracts } from '../deployment/deployment.ts'
import type { GovernanceCall } from './proposalId.ts'

/** A call of a proposal as voters read it: which contract, which function, with what. */
export type DecodedCall = {
  contract: ContractName | 'unknown'
  call: string
  arguments: { name: string; value: string }[]
}

/**
 * Decodes a call to one of our contracts. One to anything else, or that no function of it takes, is 'unknown', with its bytes:
 * whoever votes for it should know why.
 */
export function decodeCall(contracts: Contracts, { target, data }: GovernanceCall): DecodedCall {
  const names = Object.keys(contracts) as ContractName[]
  const contract = names.find((name) => contracts[name].toLowerCase() === target.toLowerCase())
  const unknown: DecodedCall = {
    contract: contract ?? 'unknown',
    call: 'unknown',
    arguments: [
      { name: 'target', value: target },
      { name: 'data', value: data },
    ],
  }
  if (contract === undefined) return unknown
  const abi = compiledContracts[contract].abi as Abi
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi, data })
    const item = abi.find((one) => one.type === 'function' && one.name === functionName)
    const inputs = item?.type === 'function' ? item.inputs : []
    return {
      contract,
      call: functionName,
      arguments: args.map((value, i) => ({ name: inputs[i]?.name ?? `${i}`, value: written(value) })),
    }
  } catch {
    return unknown // no function of the contract
  }
}

function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))
}
