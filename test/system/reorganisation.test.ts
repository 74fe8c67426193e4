import { getAbiItem, parseSignature } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { feeEscrow } from '../../chain/abis/feeEscrow.ts'
import { openToken } from '../../chain/abis/openToken.ts'
import { rewardVault } from '../../chain/abis/rewardVault.ts'
import {
  chainAs,
  decodePayment,
  exactScheme,
  openChain,
  paymentRequirements,
  readBalance,
  readClaimed,
  readMoney,
  type Deployment,
} from '../../chain/index.ts'
import { readDeployment } from '../../chain/deployment/readDeployment.ts'
import { createSeller } from '../../gateway/index.ts'
import { signPayment } from '../../gateway/testing/signPayment.ts'
import type { Address, Digest } from '../../kernel/index.ts'
import { getEpoch, getPayment, leavesOf, receiptsOfEpoch } from '../../store/index.ts'
import { boundTools } from '../../tools/boundTools.ts'
import { chatRequest, quoteFor, runTool, type BoundTool } from '../../tools/index.ts'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { openAdversary, type Adversary } from './harness/adversary.ts'

let edges: TestContext
let adversary: Adversary
beforeAll(async () => {
  edges = await openTestContext()
  const { ctx } = edges
  await trainTinyModel(ctx)
  // From here on the chain is one whose blocks come from others, and can be replaced up to 12 deep.
  const deployment = readDeployment(`${ctx.home.dir}/deployment.json`) as Deployment
  const { rpcUrl } = ctx.chain
  const deep = await openChain({ rpcUrl, keys: ctx.keys, deployment, confirmations: 12, pollingMs: 20 })
  Object.assign(ctx, { chain: deep, schemes: [exactScheme(deep)] })
  const { feeEscrow: escrow, rewardVault: vault } = deep.contracts
  adversary = openAdversary(deep, [
    { name: 'closing', address: escrow, event: getAbiItem({ abi: feeEscrow.abi, name: 'EpochClosed' }) },
    { name: 'proposal', address: vault, event: getAbiItem({ abi: rewardVault.abi, name: 'RootProposed' }) },
    { name: 'finalisation', address: vault, event: getAbiItem({ abi: rewardVault.abi, name: 'RootFinal' }) },
    { name: 'claims', address: vault, event: getAbiItem({ abi: rewardVault.abi, name: 'Claimed' }) },
  ])
})
afterAll(async () => {
  await adversary.stop()
  await edges.close()
})

/** Sells one answer. Authorisations are good for long: a block each 40 ms takes the chain's clock ahead. */
async function sell(content: string): Promise<{ payer: Address; nonce: Digest; tx: Digest }> {
  const { ctx } = edges
  const request = chatRequest.parse({ model: 'rivers', messages: [{ role: 'user', content }], max_tokens: 8 })
  const { feeWei } = await quoteFor(request, ctx)
  const terms = paymentRequirements(ctx.chain, { amountWei: feeWei, maxTimeoutSeconds: 1_000_000 })
  const header = await signPayment(ctx.keys.buyer, terms)
  const payment = decodePayment((name) => (name === 'PAYMENT-SIGNATURE' ? header : undefined), ctx.schemes)
  const { transaction } = await createSeller(ctx).sell(request, payment)
  return { payer: payment.payer, nonce: payment.nonce, tx: transaction as Digest }
}

const call = (name: string, input: unknown) =>
  runTool(boundTools.find(({ definition }) => definition.name === name) as BoundTool, input, {
    ...edges.ctx,
    call: { face: 'test', effectKey: `reorganisation/${name}/${JSON.stringify(input)}` },
  })

/** The buyer cancels an authorisation on chain, so that it can never be used again. */
async function cancel({ payer, nonce }: { payer: Address; nonce: Digest }): Promise<void> {
  const { chain, keys } = edges.ctx
  const address = chain.contracts.openToken
  const signature = await keys.buyer.signTypedData({
    domain: { name: 'Tributary OPEN', version: '1', chainId: chain.chainId, verifyingContract: address },
    types: {
      CancelAuthorization: [
        { name: 'authorizer', type: 'address' },
        { name: 'nonce', type: 'bytes32' },
      ],
    },
    primaryType: 'CancelAuthorization',
    message: { authorizer: payer, nonce },
  })
  const { r, s, v } = parseSignature(signature)
  const { writer, reader } = await chainAs(chain, keys.buyer)
  const args = [payer, nonce, Number(v), r, s] as const
  const hash = await writer.writeContract({ address, abi: openToken.abi, functionName: 'cancelAuthorization', args })
  await reader.waitForTransactionReceipt({ hash })
}

test('up to 12 blocks are taken with the payments, the closing, the proposal, the finalisation and the claims in turn: every wei is where the records say, once', async () => {
  const { ctx } = edges
  const { chain, store } = ctx
  const buyer = ctx.keys.buyer.address as Address
  const start = await readBalance(chain, buyer)

  // Payments that vanish: three are settled again, the fourth was cancelled meanwhile and fails.
  const paid = [await sell('Elbe?'), await sell('Oder?'), await sell('Weser?'), await sell('Rhine?')]
  const head = Number(await chain.reader.getBlockNumber({ cacheTime: 0 }))
  const first = Number((await chain.reader.getTransactionReceipt({ hash: paid[0]!.tx })).blockNumber)
  await adversary.reorganise(head - first + 4)
  expect(await readBalance(chain, buyer)).toBe(start)
  await cancel(paid[3]!)

  const closed = (await call('close_epoch', {})) as Record<string, string>
  expect(adversary.struck.map(({ name }) => name)).toEqual(['closing', 'proposal', 'finalisation', 'claims'])
  for (const { blocks } of adversary.struck) expect([9, 10, 11, 12]).toContain(blocks)

  const rows = await Promise.all(paid.map((key) => getPayment(store, key)))
  expect(rows.map(({ state, epoch, failure }) => [state, epoch, failure])).toEqual([
    ['settled', 1, null],
    ['settled', 1, null],
    ['settled', 1, null],
    ['failed', null, 'payment/replayed'],
  ])
  expect(rows.map(({ vanished }) => vanished?.map(({ tx }) => tx))).toEqual(paid.map(({ tx }) => [tx]))
  const fees = rows.slice(0, 3).reduce((sum, { feeWei }) => sum + feeWei, 0n)
  expect(start - (await readBalance(chain, buyer))).toBe(fees)

  const epoch = await getEpoch(store, { epoch: 1 })
  expect(epoch).toMatchObject({ state: 'claimed', receiptCount: 3, receivedWei: fees })
  const sold = new Set(rows.slice(0, 3).map(({ receipt }) => receipt))
  expect(new Set((await receiptsOfEpoch(store, { epoch: 1 })).map(({ id }) => id))).toEqual(sold)
  const leaves = await leavesOf(store, { epoch: 1 })
  expect(leaves.reduce((sum, { epochWei }) => sum + epochWei, 0n)).toBe(epoch.paidWei)
  for (const { payee, cumulativeWei } of leaves) expect(await readClaimed(chain, payee)).toBe(cumulativeWei)
  expect(await readMoney(chain)).toMatchObject({
    feeEscrowWei: 0n,
    poolsWei: fees - epoch.paidWei! - epoch.treasuryWei!,
    treasuryWei: epoch.treasuryWei,
    rewardVaultWei: 0n,
    vaultReceivedWei: epoch.paidWei,
    vaultClaimedWei: epoch.paidWei,
  })
  expect(closed['claimedWei']).toBe(String(epoch.paidWei))

  // What is recorded is what stands.
  const recorded = [epoch.closeTx, epoch.proposeTx, epoch.finalTx, ...leaves.map(({ claimedTx }) => claimedTx)]
  for (const tx of new Set([...recorded, ...rows.slice(0, 3).map(({ settlementTx }) => settlementTx)])) {
    const { status, blockNumber } = await chain.reader.getTransactionReceipt({ hash: tx! })
    expect(status).toBe('success')
    expect(Number(blockNumber) + 12).toBeLessThanOrEqual(Number(await chain.reader.getBlockNumber({ cacheTime: 0 })))
  }
})
