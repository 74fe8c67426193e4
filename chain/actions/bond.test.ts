import fc from 'fast-check'
import type { Hex, LocalAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestRoot, digestText, type Address, type Digest, type WeiString } from '../../kernel/index.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { drawnMembers, drawSeedOf } from '../bond/drawnMembers.ts'
import { readBond, readReport } from '../bond/readBond.ts'
import { chainAs } from '../client/chainAs.ts'
import type { Chain } from '../client/openChain.ts'
import { openTestChain, type TestChain } from '../testChain.ts'
import { drawMembers } from './drawMembers.ts'
import { ensureOpen } from './ensureOpen.ts'
import { postBond } from './postBond.ts'
import { publishVersion } from './publishVersion.ts'
import { readBalance } from './readBalance.ts'
import { readModel, registerModel } from './registerModel.ts'
import { collectReport } from './collectReport.ts'
import { openReport } from './openReport.ts'
import { resolveCase } from './resolveCase.ts'
import { sealReport } from './sealReport.ts'
import { withdrawOwed } from './withdrawOwed.ts'
import { untilChainTime } from './untilChainTime.ts'

const bondWei = 1_000n
const reportBondWei = 10n
let node: TestChain
beforeAll(async () => {
  const wei = { minBondWei: '1000' as WeiString, reportBondWei: '10' as WeiString }
  node = await openTestChain({ bond: { ...wei, commitSeconds: 10_000, revealSeconds: 5_000 } })
  const { chain } = node
  const [datanet, licences, card] = [digestText('net'), digestText('licences'), digestText('card')]
  await publishVersion(chain, { datanet, root: digestText('version'), licences, card, samples: 8 })
})
afterAll(() => node.close())

const leavesOf = (name: string) => [0, 1, 2, 3].map((group) => digestText(`${name} without ${group}`))

/** Registers an adapter with four counterfactual ones, posts its bond and draws. */
async function posted(name: string): Promise<Digest> {
  const { chain } = node
  const adapter = digestText(name)
  const leaves = leavesOf(name)
  await registerModel(chain, {
    adapter,
    base: digestText('base'),
    datanet: digestText('version'),
    recipe: digestText('recipe'),
    counterfactuals: digestRoot(leaves),
    card: digestText('card'),
    licences: digestText('licences'),
    rule: digestText('rule'),
    modelOwner: `0x${'a1'.repeat(20)}` as Address,
  })
  const [plan, machine, bundle] = [digestText('plan'), digestText('machine'), digestText('bundle')]
  await postBond(chain, { adapter, bondWei, plan, machine, bundle, leaves })
  await drawMembers(chain, adapter)
  return adapter
}

async function stranger(): Promise<{ chain: Chain; account: Address }> {
  const signer: LocalAccount = privateKeyToAccount(generatePrivateKey())
  const account = signer.address.toLowerCase() as Address
  await ensureOpen(node.chain, { account, wei: 100n })
  return { chain: await chainAs(node.chain, signer), account }
}

async function ended(adapter: Digest, slot: number): Promise<void> {
  const found = (await readBond(node.chain, adapter))!.cases[slot]!
  await untilChainTime(node.chain, found.revealEnds)
  await resolveCase(node.chain, { adapter, slot, round: found.round })
}

async function untilOpening(adapter: Digest, slot: number): Promise<void> {
  await untilChainTime(node.chain, (await readBond(node.chain, adapter))!.cases[slot]!.commitEnds)
}

describe('the contract and TypeScript agree', () => {
  const at = () => ({ address: node.chain.contracts.retrainBond, abi: retrainBond.abi })
  const hash = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex): Hex => `0x${hex}`)

  test('on the members that a seed draws, 150 random draws of sets of up to 65', async () => {
    const draws = fc.tuple(hash, fc.integer({ min: 1, max: 65 }), fc.integer({ min: 1, max: 65 }))
    await fc.assert(
      fc.asyncProperty(draws, async ([seed, members, wanted]) => {
        const picks = Math.min(wanted, members)
        const args = [seed, BigInt(members), BigInt(picks)] as const
        const onChain = await node.chain.reader.readContract({ ...at(), functionName: 'drawn', args })
        expect(drawnMembers(seed, members, picks)).toEqual(onChain.map(Number))
      }),
      { numRuns: 150, seed: 7 },
    )
  })

  test('on the root over the digests of a set, 40 random sets of up to 64', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hash, { minLength: 1, maxLength: 64 }), async (leaves) => {
        const root = await node.chain.reader.readContract({ ...at(), functionName: 'rootOf', args: [leaves] })
        expect(root).toBe(digestRoot(leaves as Digest[]))
      }),
      { numRuns: 40, seed: 7 },
    )
  })

  test('on the seed: anyone computes a draw again from the hash of its block', async () => {
    const adapter = await posted('drawn again')
    const { drawBlock, members, cases } = (await readBond(node.chain, adapter))!
    const { hash: blockHash } = await node.chain.reader.getBlock({ blockNumber: BigInt(drawBlock) })
    const picked = drawnMembers(drawSeedOf(blockHash, adapter), members, 2)
    expect(cases.map(({ member }) => member)).toEqual(picked)
    const set = [adapter, ...leavesOf('drawn again')]
    expect(cases.map(({ committed }) => committed)).toEqual(picked.map((member) => set[member]))
  })
})

test('a cheat of the whole set is caught with chance picks / members: 2 of 9 in 4,000 draws is .222 within .02', () => {
  let caught = 0
  for (let i = 0; i < 4_000; i++) {
    if (drawnMembers(drawSeedOf(digestText(`block ${i}`), digestText('adapter')), 9, 2).includes(5)) caught++
  }
  expect(caught / 4_000).toBeGreaterThan(2 / 9 - 0.02)
  expect(caught / 4_000).toBeLessThan(2 / 9 + 0.02)
})

test('an honest set: posted, drawn, reported, attested; every step done twice sends nothing the second time', async () => {
  const { chain } = node
  const { chain: ann, account } = await stranger()
  const operator = chain.writer.account.address.toLowerCase() as Address
  const before = await readBalance(chain, operator)
  const adapter = await posted('honest')
  expect(await readBalance(chain, operator)).toBe(before - bondWei)
  expect(await posted('honest')).toBe(adapter)
  for (const { slot, committed } of (await readBond(chain, adapter))!.cases) {
    const report = { adapter, slot, digest: committed }
    expect((await sealReport(ann, report)).sent).toBe(true)
    expect((await sealReport(ann, report)).sent).toBe(false)
  }
  await untilOpening(adapter, 0)
  for (const { slot, committed } of (await readBond(chain, adapter))!.cases) {
    const report = { adapter, slot, digest: committed }
    expect((await openReport(ann, report)).sent).toBe(true)
    expect((await openReport(ann, report)).sent).toBe(false)
    await expect(openReport(ann, { ...report, digest: digestText('other') })).rejects.toMatchObject({
      code: 'chain/recorded-differently',
    })
  }
  await ended(adapter, 0)
  expect((await resolveCase(chain, { adapter, slot: 0, round: 1 })).sent).toBe(false)
  await ended(adapter, 1)
  expect((await readBond(chain, adapter))!.cases.map(({ outcome }) => outcome)).toEqual(['attested', 'attested'])
  expect(await collectReport(ann, { adapter, slot: 0, reporter: account })).toBe(reportBondWei)
  expect(await collectReport(ann, { adapter, slot: 1, reporter: account })).toBe(reportBondWei)
  expect(await collectReport(ann, { adapter, slot: 1, reporter: account })).toBe(0n)
  expect(await withdrawOwed(chain, 'retrainBond', operator)).toBe(bondWei)
  expect(await readBalance(chain, operator)).toBe(before)
  expect(await readBalance(chain, account)).toBe(100n)
})

test('an objection that nobody answers moves the bond: 250 wei to the finder, 750 to the treasury', async () => {
  const { chain } = node
  const { chain: ann, account } = await stranger()
  const treasury = chain.contracts.openTimelock
  const adapter = await posted('a cheat')
  const report = { adapter, slot: 1, digest: digestText('what retraining gives') }
  await sealReport(ann, report)
  await untilOpening(adapter, 1)
  await openReport(ann, report)
  await ended(adapter, 0)
  await ended(adapter, 1)
  expect((await readBond(chain, adapter))!.cases[1]).toMatchObject({ outcome: 'open', round: 2, leader: report.digest })
  await ended(adapter, 1)
  const bond = (await readBond(chain, adapter))!
  expect(bond.cases.map(({ outcome }) => outcome)).toEqual(['unverified', 'upheld'])
  expect(bond).toMatchObject({ slashed: true, lockedWei: 0n })
  expect((await readReport(chain, { adapter, slot: 1, reporter: account })).dueWei).toBe(260n)
  expect(await collectReport(ann, { adapter, slot: 1, reporter: account })).toBe(260n)
  expect(await withdrawOwed(chain, 'retrainBond', treasury)).toBe(750n)
  expect(await withdrawOwed(chain, 'retrainBond', bond.poster)).toBe(0n)
})

test('a draw that nobody called for 256 blocks is made by a later block, and says so', async () => {
  const { chain } = node
  const adapter = await posted('in time')
  expect((await drawMembers(chain, adapter)).sent).toBe(false)
  const late = digestText('late')
  const leaves = leavesOf('late')
  const { block: _, ...model } = (await readModel(chain, adapter))!
  await registerModel(chain, { ...model, adapter: late, counterfactuals: digestRoot(leaves) })
  const digest = digestText('any')
  await postBond(chain, { adapter: late, bondWei, plan: digest, machine: digest, bundle: digest, leaves })
  const { drawBlock } = (await readBond(chain, late))!
  await chain.reader.request({ method: 'anvil_mine', params: ['0x120'] } as never)
  await drawMembers(chain, late)
  const bond = (await readBond(chain, late))!
  expect(bond.drawBlock).toBeGreaterThan(drawBlock + 256)
  expect(bond.cases).toHaveLength(2)
})

test('no bond, no such case, too small a bond, another set and a report out of time are coded refusals', async () => {
  const { chain } = node
  const { chain: ann } = await stranger()
  const adapter = await posted('refusals')
  const nobody = digestText('never registered')
  await expect(drawMembers(chain, nobody)).rejects.toMatchObject({ code: 'chain/no-bond' })
  await expect(resolveCase(chain, { adapter, slot: 7, round: 1 })).rejects.toMatchObject({ code: 'chain/no-case' })
  const digest = digestText('any')
  const bond = { adapter: nobody, bondWei, plan: digest, machine: digest, bundle: digest, leaves: [digest] }
  const refusal = (error: string) => ({ code: 'chain/reverted', facts: { error } })
  await expect(postBond(chain, bond)).rejects.toMatchObject(refusal('UnknownAdapter'))
  await expect(postBond(ann, bond)).rejects.toMatchObject(refusal('UnknownAdapter'))
  await expect(openReport(ann, { adapter, slot: 0, digest })).rejects.toMatchObject(refusal('NoReport'))
  await expect(resolveCase(ann, { adapter, slot: 0, round: 1 })).rejects.toMatchObject(refusal('RoundRuns'))
  await untilOpening(adapter, 0)
  await expect(sealReport(ann, { adapter, slot: 0, digest })).rejects.toMatchObject(refusal('SealingOver'))
})
