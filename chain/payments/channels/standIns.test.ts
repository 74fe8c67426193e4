import { BatchSettlementEvmScheme } from '@x402/evm/batch-settlement/facilitator'
import { computeChannelId } from '@x402/evm/batch-settlement/client'
import {
  x402UptoPermit2ProxyABI,
  x402UptoPermit2ProxyAddress,
  PERMIT2_ADDRESS,
  BATCH_SETTLEMENT_ADDRESS,
  ERC3009_DEPOSIT_COLLECTOR_ADDRESS,
  voucherTypes,
} from '@x402/evm'
import { hashTypedData, toEventSelector, toFunctionSelector, type Abi, type AbiEvent, type AbiFunction } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Address } from '../../../kernel/index.ts'
import { channelsStandIn } from '../../abis/channelsStandIn.ts'
import { uptoProxyStandIn } from '../../abis/uptoProxyStandIn.ts'
import { publishedContracts } from '../../deployment/publishedContracts.ts'
import { openTestChain, type TestChain } from '../../testChain.ts'
import { fastSigner, recoverSigner } from '../../keys/fastSigner.ts'
import { channelsDomain } from './claimChannels.ts'
import { toContract, type ChannelConfig } from './channelConfig.ts'
import { channelIdOf, voucherDigest } from './channelDigests.ts'

let node: TestChain
beforeAll(async () => {
  node = await openTestChain()
})
afterAll(() => node.close())

const selectors = (abi: Abi) => ({
  functions: abi
    .filter((item): item is AbiFunction => item.type === 'function')
    .map((item) => toFunctionSelector(item)),
  events: abi.filter((item): item is AbiEvent => item.type === 'event').map((item) => toEventSelector(item)),
})

/** The ABI that the package calls the contract of channels by: seen where it asks for a reading. */
async function packageAbi(): Promise<Abi> {
  let seen: Abi | undefined
  const readContract = async ({ abi }: { abi: Abi }) => {
    seen = abi
    throw new Error('seen')
  }
  const signer = { getAddresses: () => [], readContract } as never
  const payload = { type: 'settle', receiver: config.receiver, token: config.token }
  await new BatchSettlementEvmScheme(signer).settle({ payload } as never, { network: 'eip155:31337' } as never)
  return seen!
}

const account = privateKeyToAccount(generatePrivateKey())
const some = (byte: string) => `0x${byte.repeat(20)}` as Address
const config: ChannelConfig = {
  payer: account.address as Address,
  payerAuthorizer: account.address as Address,
  receiver: some('a1'),
  receiverAuthorizer: some('b2'),
  token: some('c3'),
  withdrawDelay: 900,
  salt: `0x${'5a'.repeat(32)}`,
}

test('the stand-ins have every function and event of the interfaces that the x402 package calls, at its addresses', async () => {
  const channels = selectors(await packageAbi())
  const ours = selectors(channelsStandIn.abi)
  expect(channels.functions.length).toBeGreaterThan(15)
  expect(ours.functions).toEqual(expect.arrayContaining(channels.functions))
  expect(ours.events).toEqual(expect.arrayContaining(channels.events))
  const proxy = selectors(x402UptoPermit2ProxyABI)
  expect(selectors(uptoProxyStandIn.abi)).toEqual({
    functions: expect.arrayContaining(proxy.functions) as string[],
    events: expect.arrayContaining(proxy.events) as string[],
  })
  const { channels: at, depositCollector, permit2, uptoProxy } = publishedContracts
  expect([at, depositCollector, permit2, uptoProxy]).toEqual(
    [BATCH_SETTLEMENT_ADDRESS, ERC3009_DEPOSIT_COLLECTOR_ADDRESS, PERMIT2_ADDRESS, x402UptoPermit2ProxyAddress].map(
      (address) => address.toLowerCase(),
    ),
  )
  expect(new Set(Object.values(node.chain.published))).toEqual(new Set(['stand-in']))
})

test('channel id and voucher digest are the same by us, by the package and by the contract', async () => {
  const id = channelIdOf(config, 31_337)
  expect(id).toBe(computeChannelId(toContract(config), 31_337))
  const contract = { address: publishedContracts.channels, abi: channelsStandIn.abi } as const
  expect(
    await node.chain.reader.readContract({ ...contract, functionName: 'getChannelId', args: [toContract(config)] }),
  ).toBe(id)
  const digest = voucherDigest(id, 123_456_789n, 31_337)
  expect(digest).toBe(
    hashTypedData({
      domain: channelsDomain(31_337),
      types: voucherTypes,
      primaryType: 'Voucher',
      message: { channelId: id, maxClaimableAmount: 123_456_789n },
    }),
  )
  expect(
    await node.chain.reader.readContract({ ...contract, functionName: 'getVoucherDigest', args: [id, 123_456_789n] }),
  ).toBe(digest)
})

test('200 signatures of libsecp256k1 are those of viem, and their signer is recovered; high s and other forms are not taken', async () => {
  const typed = (i: number) => ({
    domain: channelsDomain(31_337),
    types: voucherTypes,
    primaryType: 'Voucher' as const,
    message: { channelId: channelIdOf(config, 31_337), maxClaimableAmount: BigInt(i) },
  })
  for (let i = 0; i < 200; i++) {
    const key = generatePrivateKey()
    const signature = await fastSigner(key).signTypedData(typed(i))
    expect(signature).toBe(await privateKeyToAccount(key).signTypedData(typed(i)))
    expect(recoverSigner(hashTypedData(typed(i)), signature)).toBe(privateKeyToAccount(key).address.toLowerCase())
  }
  const good = await account.signTypedData(typed(1))
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const highS = (order - BigInt(`0x${good.slice(66, 130)}`)).toString(16).padStart(64, '0')
  const twin = `${good.slice(0, 66)}${highS}${good.endsWith('1b') ? '1c' : '1b'}` as const
  const hash = hashTypedData(typed(1))
  for (const bad of [twin, `${good}00`, '0x', `0x${'00'.repeat(65)}`, `${good.slice(0, 130)}1d`])
    expect(recoverSigner(hash, bad as `0x${string}`)).toBeUndefined()
})
