import { BaseError, decodeErrorResult, HttpRequestError, type Abi, type Hex } from 'viem'
import { TributaryError } from '../../kernel/index.ts'
import { causesOf, isNoAnswer } from './failureText.ts'

/**
 * A failure of viem as an error of ours: chain/reverted with the contract's own error and its arguments,
 * chain/unreachable, chain/no-gas, else chain/failed.
 */
export function chainError(failure: unknown, { action, abi = [] }: { action: string; abi?: Abi }): TributaryError {
  if (failure instanceof TributaryError) return failure
  const causes = causesOf(failure)

  const data = causes.map(revertData).find((found) => found !== undefined)
  if (data !== undefined) {
    const { name, args } = decode(abi, data)
    return new TributaryError(`The chain refused ${action}: ${name}.`, {
      code: 'chain/reverted',
      facts: { action, error: name, args: args.map(String) },
      tryThis: 'compare what was asked with the state on chain; the error names what disagrees',
      cause: failure,
    })
  }
  if (isNoAnswer(failure)) {
    return new TributaryError(`The chain does not answer (${action}).`, {
      code: 'chain/unreachable',
      facts: { action, ...httpStatus(causes) },
      tryThis: 'check CHAIN_RPC_URL, or start the local chain with npm start',
      retry: true,
      cause: failure,
    })
  }
  const text = failure instanceof BaseError ? failure.shortMessage : String(failure)
  if (/insufficient funds|gas \* price|exceeds the balance of the account/i.test(text)) {
    return new TributaryError(`The operator has no gas for ${action}.`, {
      code: 'chain/no-gas',
      facts: { action },
      tryThis: 'send some of the chain’s own coin to the operator’s address, which status shows',
      retry: true,
      cause: failure,
    })
  }
  return new TributaryError(`${action} failed on chain.`, {
    code: 'chain/failed',
    facts: { action, reason: text },
    tryThis: 'look at the cause; status tells whether the chain runs',
    cause: failure,
  })
}

/** 429 says that the node's provider wants fewer calls. */
function httpStatus(causes: readonly unknown[]): { httpStatus?: number } {
  const status = causes.find((cause) => cause instanceof HttpRequestError)?.status
  return status === undefined ? {} : { httpStatus: status }
}

function revertData(cause: unknown): Hex | undefined {
  const { data } = cause as { data?: unknown }
  const hex = typeof data === 'object' && data !== null ? (data as { data?: unknown }).data : data
  return typeof hex === 'string' && /^0x([0-9a-f]{2}){4,}$/i.test(hex) ? (hex as Hex) : undefined
}

function decode(abi: Abi, data: Hex): { name: string; args: readonly unknown[] } {
  try {
    const { errorName, args } = decodeErrorResult({ abi, data })
    return { name: errorName, args: args ?? [] }
  } catch {
    return { name: `unknown error ${data.slice(0, 10)}`, args: [] }
  }
}
