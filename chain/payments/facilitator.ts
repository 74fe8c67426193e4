import { ExactEvmScheme } from '@x402/evm/exact/facilitator'
import { toFacilitatorEvmSigner } from '@x402/evm'
import { encodeFunctionData, type Abi, type Address, type Hex, type TypedData } from 'viem'
import { isNoAnswer } from '../client/failureText.ts'
import type { Chain } from '../client/openChain.ts'
import { submit } from '../client/submit.ts'
import { untilMined } from '../client/untilMined.ts'

const made = new WeakMap<Chain, ExactEvmScheme>()

/** The x402 package's own `exact` scheme over our clients: it verifies signatures and settles as the operator. */
export function facilitator(chain: Chain): ExactEvmScheme {
  const found = made.get(chain)
  if (found !== undefined) return found
  const scheme = new ExactEvmScheme(toFacilitatorEvmSigner(facilitatorSigner(chain)))
  made.set(chain, scheme)
  return scheme
}

type Call = { address: Address; abi: readonly unknown[]; functionName: string; args?: readonly unknown[] }
type SignedData = {
  address: Address
  domain: Record<string, unknown>
  types: Record<string, unknown>
  primaryType: string
  message: Record<string, unknown>
  signature: Hex
}

/** What the package's schemes see of our clients. */
export function facilitatorSigner(chain: Chain): Parameters<typeof toFacilitatorEvmSigner>[0] {
  const { reader, writer } = chain
  const { account } = writer
  const awaited = new Map<Hex, ReturnType<typeof untilMined>>()
  const send = async (to: Address, data: Hex) => {
    // Under the operator's lock, so that two settlements never take the same nonce; several may be in flight.
    const flight = await chain.lock(() => submit(chain, { action: 'settling a payment', to, data }))
    const { hash } = flight.copies[0]!
    // Followed from here on, whether or not anybody asks: it is sent again and made dearer until it is in a block.
    const mined = untilMined(chain, flight)
    awaited.set(hash, mined)
    void mined.catch(() => {}) // told to whoever waits for it
    return hash
  }
  return {
    address: account.address,
    readContract: ({ address, abi, functionName, args = [] }: Call) =>
      heard(chain, reader.readContract({ address, abi: abi as Abi, functionName, args, account })),
    verifyTypedData: ({ address, domain, types, primaryType, message, signature }: SignedData) =>
      heard(
        chain,
        reader.verifyTypedData({ address, domain, types: types as TypedData, primaryType, message, signature }),
      ),
    writeContract: ({ address, abi, functionName, args = [] }: Call) =>
      send(address, encodeFunctionData({ abi: abi as Abi, functionName, args })),
    sendTransaction: ({ to, data }) => send(to, data),
    waitForTransactionReceipt: async ({ hash }) => {
      const mined = awaited.get(hash)
      awaited.delete(hash)
      const receipt = (await mined) ?? (await reader.waitForTransactionReceipt({ hash }))
      // The package takes this as a failure; settlePayment then looks at the chain itself.
      return receipt === 'replaced' ? { status: 'reverted' } : receipt
    },
    getCode: (wanted) => heard(chain, reader.getCode(wanted)),
  }
}

const silences = new WeakMap<Chain, { count: number; last: unknown }>()

/**
 * How often the node did not answer the package, and the last failure. The package takes that for a verdict (a signature
 * that does not hold), so who asks it compares the count before and after.
 */
export function silencesOf(chain: Chain): { count: number; last: unknown } {
  return silences.get(chain) ?? { count: 0, last: undefined }
}

async function heard<T>(chain: Chain, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (isNoAnswer(error)) silences.set(chain, { count: silencesOf(chain).count + 1, last: error })
    throw error
  }
}
