import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestText, payeeIdString, type Address, type Digest, type PayeeId } from '../../kernel/index.ts'
import { claimMany } from '../actions/claimMany.ts'
import { closeEpoch } from '../actions/closeEpoch.ts'
import { ensureOpen } from '../actions/ensureOpen.ts'
import { finaliseRoot } from '../actions/finaliseRoot.ts'
import { proposeRoot } from '../actions/proposeRoot.ts'
import { readBalance } from '../actions/readBalance.ts'
import { readMoney } from '../actions/readMoney.ts'
import type { Anvil } from '../anvil/spawnAnvil.ts'
import { startAnvil } from '../anvil/startAnvil.ts'
import { createClients } from '../client/createClients.ts'
import { openChain } from '../client/openChain.ts'
import { untilFinal } from '../client/untilFinal.ts'
import { loadOrCreateKeys, type Keys } from '../keys/loadOrCreateKeys.ts'
import { rewardTree } from '../merkle/rewardTree.ts'
import { createPayingFetch } from '../payments/createPayingFetch.ts'
import { readSettlements } from '../payments/readSettlements.ts'
import { openTestShop } from '../payments/testShop.ts'
import { testGenesis } from '../testChain.ts'
import { deployFinal } from './deployFinal.ts'
import { ensureDeployment } from './ensureDeployment.ts'

const chainId = 84532
let anvil: Anvil
let home: string
let keys: Keys
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tributary-public-'))
  keys = loadOrCreateKeys(home)
})
afterEach(async () => {
  await anvil.stop('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

const file = () => join(home, 'deployment.json')
const rpc = (method: string, ...params: unknown[]) =>
  createClients({ rpcUrl: anvil.url, chainId, account: keys.operator }).reader.request({ method, params } as never)
const hurried = { replaceAfterMs: 600, giveUpAfterMs: 20_000 }

/** An anvil with another id than the local one is any EVM chain to us: it is given gas here as a faucet would give it. */
async function start(blockTime?: number): Promise<void> {
  anvil = await startAnvil({ chainId, ...(blockTime === undefined ? {} : { blockTime }) })
  await rpc('anvil_setBalance', keys.operator.address, `0x${(10n ** 19n).toString(16)}`)
}

test(
  'any EVM chain by its address: deployed, 402 paid, epoch closed, root final, claimed, each 3 blocks deep',
  { timeout: 180_000 },
  async () => {
    await start(1)
    const how = { rpcUrl: anvil.url, keys, file: file(), genesis: testGenesis }
    await expect(ensureDeployment(how)).rejects.toMatchObject({ code: 'chain/not-deployed', facts: { chainId } })
    const shared = { confirmations: 3, pollingMs: 100 }
    await deployFinal({ ...how, ...shared, challengeSeconds: 2 })
    const chain = await openChain({ ...how, ...shared, deployment: await ensureDeployment(how) })
    const buyer = keys.buyer.address.toLowerCase() as Address
    await ensureOpen(chain, { account: buyer, wei: 5_000n })
    const shop = await openTestShop({ chain }, 1_000n)
    try {
      const paying = createPayingFetch({
        account: keys.buyer,
        chainId,
        asset: chain.contracts.openToken,
        reserve: () => {},
      })
      const response = await paying(shop.url, { method: 'POST', body: '{}' })
      expect(await response.json()).toEqual({ answer: 'yes' })
      const { transaction } = JSON.parse(
        Buffer.from(response.headers.get('PAYMENT-RESPONSE') ?? '', 'base64').toString(),
      ) as { transaction: Digest }
      const seen = await untilFinal(chain, (at) => readSettlements(at, [{ tx: transaction, feesWei: 1_000n }]))
      expect(seen.get(transaction)?.seen).not.toBe('gone')
    } finally {
      shop.server.close()
    }

    const account = `0x${'a1'.repeat(20)}` as Address
    const jane = payeeIdString.parse(account)
    const tree = rewardTree([
      { payee: 'npm:zod' as PayeeId, cumulativeWei: 700n },
      { payee: jane, cumulativeWei: 150n },
    ])
    await untilFinal(chain, async (at) => {
      await closeEpoch(at, { epoch: 1, contributorsWei: 700n, operatorsWei: 150n, treasuryWei: 100n, pools: [] })
      await proposeRoot(at, { epoch: 1, root: tree.root, totalWei: tree.totalWei, evidence: digestText('evidence') })
      await finaliseRoot(at, 1)
      await claimMany(at, [tree.claim(jane), tree.claim('npm:zod' as PayeeId)])
    })
    expect(await readBalance(chain, account)).toBe(150n)
    expect(await readBalance(chain, buyer)).toBe(4_000n)
    expect(await readMoney(chain)).toMatchObject({
      feeEscrowWei: 50n,
      rewardVaultWei: 0n,
      payeeEscrowWei: 700n,
      treasuryWei: 100n,
      vaultClaimedWei: 850n,
    })
  },
)

test('a reorganisation of 3 blocks amid a deployment, and one of 12 after it: all 13 contracts are at their planned addresses', async () => {
  await start()
  const steps: string[] = []
  const deploying = { isOver: false }
  const deployed = deployFinal({
    rpcUrl: anvil.url,
    keys,
    file: file(),
    genesis: testGenesis,
    sending: hurried,
    pollingMs: 15,
    onStep: ({ contract }) => steps.push(contract),
  }).finally(() => (deploying.isOver = true))
  const look = async <T>(found: () => Promise<T | undefined> | T | undefined): Promise<T> => {
    for (;;) {
      const it = await found()
      if (it !== undefined) return it
      await sleep(5)
    }
  }
  await look(() => (steps.length >= 5 ? true : undefined))
  await rpc('anvil_reorg', 3, [])
  const nonce = async () => Number(await rpc('eth_getTransactionCount', keys.operator.address, 'latest'))
  await look(async () => ((await nonce()) >= 13 ? true : undefined))
  await rpc('anvil_mine', 3)
  await rpc('anvil_reorg', 12, [])
  for (; !deploying.isOver; await sleep(30)) await rpc('anvil_mine', 1)
  const { contracts, steps: recorded } = await deployed
  expect(Object.values(contracts)).toEqual(recorded.map(({ address }) => address))
  expect(recorded.map(({ nonce: n }) => n)).toEqual(Array.from({ length: 13 }, (_, i) => i))
  expect(await nonce()).toBe(13)
  expect(steps.length).toBeGreaterThan(13)
})
