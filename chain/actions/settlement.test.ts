import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestText, payeeIdString, type Address, type PayeeId } from '../../kernel/index.ts'
import { loadOrCreateKeys } from '../keys/loadOrCreateKeys.ts'
import { rewardTree, type RewardLeaf } from '../merkle/rewardTree.ts'
import { openTestChain, type TestChain } from '../testChain.ts'
import { bindPayee, signBinding } from './bindPayee.ts'
import { claimMany, readClaimed } from './claimMany.ts'
import { closeEpoch, readClosing, type EpochClosing } from './closeEpoch.ts'
import { ensureOpen } from './ensureOpen.ts'
import { finaliseRoot } from './finaliseRoot.ts'
import { proposeRoot, readRoot } from './proposeRoot.ts'
import { readBalance } from './readBalance.ts'
import { readMoney } from './readMoney.ts'
import { readEscrowed, withdrawPayee } from './withdrawPayee.ts'

let test1: TestChain
beforeAll(async () => {
  test1 = await openTestChain()
})
afterAll(() => test1.close())

const janesAddress = `0x${'a1'.repeat(20)}` as Address
const jane = payeeIdString.parse(janesAddress)
const evidence = digestText('evidence')
const closing: EpochClosing = {
  epoch: 1,
  contributorsWei: 700n,
  operatorsWei: 150n,
  treasuryWei: 100n,
  pools: [
    { datanet: digestText('rivers'), wei: 30n },
    { datanet: digestText('lakes'), wei: 10n },
    { datanet: digestText('empty'), wei: 0n },
  ],
}
const parts = (epoch: number, contributorsWei: bigint, operatorsWei = 0n, treasuryWei = 0n): EpochClosing => ({
  epoch,
  contributorsWei,
  operatorsWei,
  treasuryWei,
  pools: [],
})
const leaves = (zod: bigint, person: bigint): RewardLeaf[] => [
  { payee: 'npm:zod' as PayeeId, cumulativeWei: zod },
  { payee: jane, cumulativeWei: person },
]

describe('an epoch from fees to claims', () => {
  test('moves 1000 wei of fees as 700 to an unclaimed payee, 150 to an address, 100 to the treasury, 30 and 10 to pools, and leaves 10', async () => {
    const { chain } = test1
    await ensureOpen(chain, { account: chain.contracts.feeEscrow, wei: 1_000n })
    const tree = rewardTree(leaves(700n, 150n))

    const closed = await closeEpoch(chain, closing)
    const proposed = await proposeRoot(chain, { epoch: 1, root: tree.root, totalWei: tree.totalWei, evidence })
    await finaliseRoot(chain, 1)
    const claims = leaves(0n, 0n).map(({ payee }) => tree.claim(payee))
    const claimed = await claimMany(chain, claims)

    expect(closed.sent && proposed.sent).toBe(true)
    expect(claimed).toMatchObject({ claimedWei: 850n, payees: 2 })
    expect(await readBalance(chain, janesAddress)).toBe(150n)
    expect(await readEscrowed(chain, 'npm:zod' as PayeeId)).toBe(700n)
    expect(await readBalance(chain, chain.contracts.openTimelock)).toBe(100n)
    expect(await readMoney(chain)).toMatchObject({
      feeEscrowWei: 10n,
      poolsWei: 40n,
      rewardVaultWei: 0n,
      payeeEscrowWei: 700n,
      treasuryWei: 100n,
      vaultReceivedWei: 850n,
      vaultClaimedWei: 850n,
      lastClosedEpoch: 1,
      lastFinalEpoch: 1,
    })
  })

  test('sends nothing a second time: every step finds its own effect, in another process as well', async () => {
    const { chain } = test1
    const again = await test1.reopen()
    const tree = rewardTree(leaves(700n, 150n))
    const nonce = () => chain.reader.getTransactionCount({ address: chain.writer.account.address })
    const before = await nonce()

    const sent = [
      await closeEpoch(again, closing),
      await proposeRoot(again, { epoch: 1, root: tree.root, totalWei: 850n, evidence }),
      await finaliseRoot(again, 1),
    ]
    const claimed = await claimMany(again, [tree.claim(jane)])

    expect(sent.map((step) => step.sent)).toEqual([false, false, false])
    expect(sent.every((step) => /^0x[0-9a-f]{64}$/.test(step.tx))).toBe(true)
    expect(claimed).toEqual({ claimedWei: 0n, payees: 0, txs: [] })
    expect(await nonce()).toBe(before)
  })

  test('ten closings of one epoch at the same moment move the money once', async () => {
    const { chain } = test1
    await ensureOpen(chain, { account: chain.contracts.feeEscrow, wei: 1_010n })
    const all = Array.from({ length: 10 }, () => closeEpoch(chain, parts(2, 600n)))
    const sent = await Promise.all(all)

    expect(sent.filter((step) => step.sent)).toHaveLength(1)
    expect(await readBalance(chain, chain.contracts.feeEscrow)).toBe(410n)
  })

  test('refuses an epoch with other amounts, another root, a gap, parts over their ceilings, and an unfunded total', async () => {
    const { chain } = test1
    const tree = rewardTree(leaves(701n, 149n))
    const code = (error: string) => ({ facts: { error } })

    await expect(closeEpoch(chain, { ...closing, contributorsWei: 699n, treasuryWei: 101n })).rejects.toMatchObject({
      code: 'chain/recorded-differently',
      facts: { contributorsWei: '700', operatorsWei: '150', treasuryWei: '100', poolsWei: '40' },
    })
    await expect(
      proposeRoot(chain, { epoch: 1, root: tree.root, totalWei: tree.totalWei, evidence }),
    ).rejects.toMatchObject({ code: 'chain/recorded-differently' })
    await expect(closeEpoch(chain, parts(5, 1n))).rejects.toMatchObject(code('NotNextEpoch'))
    await expect(closeEpoch(chain, parts(3, 69n, 0n, 31n))).rejects.toMatchObject(code('TreasuryOverCeiling'))
    await expect(closeEpoch(chain, parts(3, 69n, 31n))).rejects.toMatchObject(code('OperatorsOverCeiling'))
    await expect(closeEpoch(chain, parts(3, 411n))).rejects.toMatchObject(code('ERC20InsufficientBalance'))
    await expect(proposeRoot(chain, { epoch: 2, root: tree.root, totalWei: 1_451n, evidence })).rejects.toMatchObject(
      code('TotalNotFunded'),
    )
    expect(await readClosing(chain, 3)).toBeUndefined()
    expect(await readRoot(chain, 2)).toBeUndefined()
  })

  test('pays only the difference in the next epoch, and nothing for a forged leaf', async () => {
    const { chain } = test1
    const tree = rewardTree(leaves(1_000n, 450n))
    await proposeRoot(chain, { epoch: 2, root: tree.root, totalWei: 1_450n, evidence })
    await finaliseRoot(chain, 2)

    const forged = { ...tree.claim(jane), cumulativeWei: 451n }
    await expect(claimMany(chain, [forged])).rejects.toMatchObject({
      code: 'chain/reverted',
      facts: { error: 'BadProof' },
    })
    expect((await claimMany(chain, [tree.claim(jane)])).claimedWei).toBe(300n)
    expect(await readClaimed(chain, jane)).toBe(450n)
    expect(await readClaimed(chain, 'npm:zod' as PayeeId)).toBe(700n)
  })

  test('pays 150 payees by two batches with a proof each, in whatever order they are named, and one forged among them stops its batch', async () => {
    const { chain } = test1
    const many = Array.from({ length: 150 }, (_, i) => ({
      payee: `npm:p${i}` as PayeeId,
      cumulativeWei: BigInt(i + 1),
    }))
    const tree = rewardTree([...leaves(1_000n, 450n), ...many])
    await ensureOpen(chain, { account: chain.contracts.rewardVault, wei: 20_000n })
    await proposeRoot(chain, { epoch: 3, root: tree.root, totalWei: tree.totalWei, evidence })
    await finaliseRoot(chain, 3)
    const claims = many.map(({ payee }) => tree.claim(payee))

    const forged = claims.slice(0, 50).map((claim, i) => (i === 31 ? { ...claim, cumulativeWei: 33n } : claim))
    await expect(claimMany(chain, forged)).rejects.toMatchObject({ code: 'chain/batch', facts: { claims: 50 } })
    expect(await readClaimed(chain, many[0]!.payee)).toBe(0n)
    const claimed = await claimMany(chain, claims)
    expect(claimed).toMatchObject({
      claimedWei: (150n * 151n) / 2n,
      payees: 150,
      txs: [{ sent: true }, { sent: true }],
    })
    expect(await claimMany(chain, claims.toReversed())).toEqual({ claimedWei: 0n, payees: 0, txs: [] })
  })
})

describe('a payee that proves control later', () => {
  test('is bound by the steward’s signature alone, once, and then withdraws 700 wei', async () => {
    const { chain, keys, home } = test1
    const stranger = loadOrCreateKeys(`${home}/stranger`)
    const account = `0x${'b2'.repeat(20)}` as Address
    const payee = 'npm:zod' as PayeeId
    const deadline = 4_000_000_000

    const forged = await signBinding(chain, stranger.steward, { payee, account, deadline })
    await expect(bindPayee(chain, forged)).rejects.toMatchObject({ facts: { error: 'NotTheSteward' } })
    await expect(withdrawPayee(chain, payee)).rejects.toMatchObject({ facts: { error: 'NotBound' } })
    const late = await signBinding(chain, keys.steward, { payee, account, deadline: 1 })
    await expect(bindPayee(chain, late)).rejects.toMatchObject({ facts: { error: 'Expired' } })

    const binding = await signBinding(chain, keys.steward, { payee, account, deadline })
    expect((await bindPayee(chain, binding)).sent).toBe(true)
    expect((await bindPayee(chain, binding)).sent).toBe(false)
    const other = await signBinding(chain, keys.steward, { payee, account: janesAddress, deadline })
    await expect(bindPayee(chain, other)).rejects.toMatchObject({ code: 'chain/recorded-differently' })
    await withdrawPayee(chain, payee)

    expect(await readBalance(chain, account)).toBe(700n)
    expect(await withdrawPayee(chain, payee)).toBeUndefined()
    await expect(signBinding(chain, keys.steward, { payee: jane, account, deadline })).rejects.toMatchObject({
      code: 'chain/payee-has-address',
    })
  })
})

test('a window of an hour is waited out by moving a local chain’s clock', async () => {
  const hour = await openTestChain({ challengeSeconds: 3_600 })
  try {
    await ensureOpen(hour.chain, { account: hour.chain.contracts.rewardVault, wei: 10n })
    const root = digestText('any')
    await proposeRoot(hour.chain, { epoch: 1, root, totalWei: 10n, evidence })
    const { tx, sent } = await finaliseRoot(hour.chain, 1)
    expect(tx).toMatch(/^0x/)
    expect(sent).toBe(true)
    expect((await readRoot(hour.chain, 1))?.final).toBe(true)
  } finally {
    await hour.close()
  }
})
