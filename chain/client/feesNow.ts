import { hexToBigInt, type Hex } from 'viem'
import { TributaryError } from '../../kernel/index.ts'
import type { ChainReader } from './createClients.ts'
import type { SendPolicy } from './sendPolicy.ts'

/** What a transaction offers, in wei for a unit of gas. A `legacy` chain has no base fee: there `maxFeePerGas` is the price. */
export type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint; legacy: boolean }

/** A node takes a replacement from 10 % more on; some ask for an eighth. */
const bumpParts = { of: 8n, up: 9n }
const defaultTipWei = 10n ** 9n

/**
 * Fees by which a transaction is mined soon, within the operator's limit (EIP-1559):
 *
 *   maxFeePerGas = min(limit, 2 · base fee of the next block + tip)       tip = what the node suggests
 *
 * Twice the base fee holds for five full blocks in a row, each an eighth dearer. Only what is used is paid.
 * Cost: two calls of the node. Throws chain/fee-too-high where the next block's base fee is over the limit.
 */
export async function feesNow(
  { reader, sending }: { reader: ChainReader; sending: SendPolicy },
  action: string,
): Promise<Fees> {
  const { maxFeePerGasWei: limit } = sending
  const [base, suggested] = await Promise.all([nextBaseFee(reader), suggestedTip(reader)])
  if (base === undefined) {
    const price = await reader.getGasPrice()
    if (price > limit) throw feeTooHigh(action, price, limit)
    return { maxFeePerGas: price, maxPriorityFeePerGas: price, legacy: true }
  }
  if (base >= limit) throw feeTooHigh(action, base, limit)
  const wanted = 2n * base + suggested
  const maxFeePerGas = wanted < limit ? wanted : limit
  const maxPriorityFeePerGas = suggested < maxFeePerGas ? suggested : maxFeePerGas
  return { maxFeePerGas, maxPriorityFeePerGas, legacy: false }
}

/** The least fees that replace a transaction: each an eighth more, or those of now. Undefined where the limit forbids it. */
export function bumpedFees(before: Fees, now: Fees, { maxFeePerGasWei }: SendPolicy): Fees | undefined {
  const bump = (wei: bigint) => (wei * bumpParts.up + bumpParts.of - 1n) / bumpParts.of
  const larger = (a: bigint, b: bigint) => (a > b ? a : b)
  const maxFeePerGas = larger(bump(before.maxFeePerGas), now.maxFeePerGas)
  const tip = larger(bump(before.maxPriorityFeePerGas), now.maxPriorityFeePerGas)
  if (maxFeePerGas > maxFeePerGasWei) return undefined
  return { ...now, maxFeePerGas, maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas }
}

export function feeTooHigh(action: string, askedWei: bigint, limitWei: bigint): TributaryError {
  return new TributaryError(`Gas costs more than the operator’s limit allows (${action}).`, {
    code: 'chain/fee-too-high',
    facts: { action, askedWei: askedWei.toString(), limitWei: limitWei.toString() },
    tryThis: 'wait until gas is cheaper and call again, or raise CHAIN_MAX_FEE_GWEI',
    retry: true,
  })
}

/** Of the block after the newest one; undefined on a chain without EIP-1559. */
async function nextBaseFee(reader: ChainReader): Promise<bigint | undefined> {
  try {
    const history = await (reader.request as (call: unknown) => Promise<{ baseFeePerGas?: readonly Hex[] }>)({
      method: 'eth_feeHistory',
      params: ['0x1', 'latest', []],
    })
    const next = history.baseFeePerGas?.at(-1)
    if (next !== undefined) return hexToBigInt(next)
  } catch {
    // A node without fee history: the newest block's own fee is at most an eighth off.
  }
  const { baseFeePerGas } = await reader.getBlock({ blockTag: 'latest' })
  return baseFeePerGas ?? undefined
}

async function suggestedTip(reader: ChainReader): Promise<bigint> {
  try {
    return hexToBigInt(await reader.request({ method: 'eth_maxPriorityFeePerGas' }))
  } catch {
    return defaultTipWei
  }
}
