import { keccak256, type Address, type Hex } from 'viem'
import type { Chain } from './openChain.ts'
import { failureText, isNoAnswer } from './failureText.ts'
import { bumpedFees, feesNow, feeTooHigh, type Fees } from './feesNow.ts'

/** A transaction of ours that was sent and is not yet seen in a block. */
export type Flight = {
  action: string
  nonce: number
  to: Address | undefined
  data: Hex
  gas: bigint
  /** Every copy that was sent, each dearer than the one before: at most one of them is ever mined. */
  copies: Copy[]
  sentAtMs: number
  gap: 'close' | 'tell'
}
type Copy = { hash: Hex; raw: Hex; fees: Fees }

export type ToSubmit = {
  action: string
  to?: Address
  data: Hex
  nonce?: number
  /** What to do where a nonce before it is missing: `close` it by a transfer of nothing, or `tell`, by chain/gap. */
  gap?: 'close' | 'tell'
}

/**
 * Signs a call and sends it with the next free nonce, or with the one given. Under the sender's lock.
 *
 * The gas estimate runs the call, so that a revert costs nothing and comes with its reason; without what
 * waits in the pool, which may be this very call. Where another transaction waits at the nonce, this one is made dear enough to take its place: whoever sent that one looks on chain again.
 * That no answer comes is no error: `untilMined` sends it again. Throws chain/fee-too-high, and what viem throws.
 */
export async function submit(chain: Chain, { action, to, data, nonce, gap = 'close' }: ToSubmit): Promise<Flight> {
  const { address } = chain.writer.account
  const target = to === undefined ? {} : { to }
  const [gas, fees, next] = await Promise.all([
    chain.reader.estimateGas({ account: address, data, ...target, blockTag: 'latest', prepare: false }),
    feesNow(chain, action),
    nonce ?? nextNonce(chain),
  ])
  // A quarter more, and two checkpoints of votes: in a block of another second OpenToken writes them anew.
  const limit = (gas * 5n) / 4n + 60_000n
  const flight: Flight = { action, nonce: next, to, data, gas: limit, copies: [], sentAtMs: 0, gap }
  await sendCopy(chain, flight, fees)
  return flight
}

/** Sends a copy of a transaction with these fees, or with dearer ones where the node wants more for the nonce. */
export async function sendCopy(chain: Chain, flight: Flight, fees: Fees): Promise<void> {
  for (let offer = fees; ;) {
    const copy = await sign(chain, flight, offer)
    flight.copies.push(copy)
    chain.inFlight.add(flight)
    if ((await sendRaw(chain, copy.raw)) === 'sent') {
      flight.sentAtMs = Date.now()
      return
    }
    // The pool holds another one with this nonce, or the base fee has risen: this copy is nowhere.
    flight.copies.pop()
    if (flight.copies.length === 0) chain.inFlight.delete(flight)
    const dearer = bumpedFees(offer, await feesNow(chain, flight.action), chain.sending)
    if (dearer === undefined) throw feeTooHigh(flight.action, offer.maxFeePerGas, chain.sending.maxFeePerGasWei)
    offer = dearer
  }
}

/** Gives a signed transaction to the node. 'sent' also where it has it already, or where no answer came. */
export async function sendRaw(chain: Chain, raw: Hex): Promise<'sent' | 'underpriced'> {
  try {
    await chain.writer.sendRawTransaction({ serializedTransaction: raw })
    return 'sent'
  } catch (error) {
    const text = failureText(error)
    if (/already (known|imported)|already exists|known transaction/i.test(text)) return 'sent'
    // Whose transaction used the nonce is told by the chain, not by the pool: untilMined looks.
    if (/nonce (is )?too low|nonce provided .* lower|nonce has already been used/i.test(text)) return 'sent'
    if (/underpriced|fee too low|less than block base fee|lower than the block base fee/i.test(text)) {
      return 'underpriced'
    }
    if (isNoAnswer(error)) return 'sent'
    throw error
  }
}

async function sign(chain: Chain, { nonce, gas, data, to }: Flight, fees: Fees): Promise<Copy> {
  const { maxFeePerGas, maxPriorityFeePerGas, legacy } = fees
  const call = { chainId: chain.chainId, nonce, gas, data, ...(to === undefined ? {} : { to }) }
  const raw = await chain.writer.account.signTransaction(
    legacy
      ? { ...call, type: 'legacy', gasPrice: maxFeePerGas }
      : { ...call, type: 'eip1559', maxFeePerGas, maxPriorityFeePerGas },
  )
  return { hash: keccak256(raw), raw, fees }
}

/** After all that the node has, and after what this process sent and the node may not have seen yet. */
async function nextNonce({ reader, writer, inFlight }: Chain): Promise<number> {
  const { address } = writer.account
  let next = await reader.getTransactionCount({ address, blockTag: 'pending' })
  const ours = new Set([...inFlight].map(({ nonce }) => nonce))
  while (ours.has(next)) next++
  return next
}
