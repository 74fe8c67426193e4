import type { LocalAccount } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestText, type Address, type Digest, type WeiString } from '../../kernel/index.ts'
import { disputes } from '../abis/disputes.ts'
import { chainAs } from '../client/chainAs.ts'
import type { Chain } from '../client/openChain.ts'
import { signReceiptId } from '../keys/signReceipt.ts'
import { openTestChain, type TestChain } from '../testChain.ts'
import { answerDispute } from './answerDispute.ts'
import { endDispute } from './endDispute.ts'
import { ensureOpen } from './ensureOpen.ts'
import { finaliseRoot } from './finaliseRoot.ts'
import { lowerStake } from './lowerStake.ts'
import { openDispute } from './openDispute.ts'
import { proposeRoot, readRoot } from './proposeRoot.ts'
import { raiseStake } from './raiseStake.ts'
import { readBalance } from './readBalance.ts'
import { readDispute } from './readDispute.ts'
import { readStake } from './readStake.ts'
import { untilChainTime } from './untilChainTime.ts'
import { withdrawOwed } from './withdrawOwed.ts'
import { withdrawStake } from './withdrawStake.ts'

let node: TestChain
let challenger: Chain
let server: Chain
let resolver: Chain
const address = (account: LocalAccount) => account.address.toLowerCase() as Address
const evidence = digestText('evidence')

beforeAll(async () => {
  const bondWei = '1000' as WeiString
  const times = { answerSeconds: 1_000, decideSeconds: 1_000 }
  node = await openTestChain({ cooldownSeconds: 500, challengeSeconds: 400, disputes: { bondWei, ...times } })
  const { chain, keys } = node
  challenger = await chainAs(chain, keys.verifier)
  server = await chainAs(chain, keys.server)
  resolver = await chainAs(chain, keys.steward)
  for (const account of [keys.verifier, keys.server])
    await ensureOpen(chain, { account: address(account), wei: 100_000n })
})
afterAll(() => node.close())

const now = async () => Number((await node.chain.reader.getBlock()).timestamp)
const stake = () => readStake(node.chain, { account: address(node.keys.server), role: 'server' })
const treasuryDue = () =>
  node.chain.reader.readContract({
    address: node.chain.contracts.disputes,
    abi: disputes.abi,
    functionName: 'payableWei',
    args: [node.chain.contracts.openTimelock],
  })

describe('a stake', () => {
  test('is raised to 1000 and to 1000 again with one transaction, asked back to 400 once, and paid after the cool-down', async () => {
    expect((await raiseStake(server, { role: 'server', wei: 1_000n }))?.sent).toBe(true)
    expect(await raiseStake(server, { role: 'server', wei: 1_000n })).toBeUndefined()
    expect((await lowerStake(server, { role: 'server', wei: 400n }))?.sent).toBe(true)
    expect(await lowerStake(server, { role: 'server', wei: 400n })).toBeUndefined()
    const asked = await stake()
    expect(asked).toMatchObject({ activeWei: '400', pendingWei: '600', openDisputes: 0 })
    await expect(withdrawStake(server, 'server')).rejects.toMatchObject({ facts: { error: 'CoolingDown' } })
    await untilChainTime(node.chain, asked.withdrawableAt)
    expect(await withdrawStake(server, 'server')).toBe(600n)
    expect(await withdrawStake(server, 'server')).toBe(0n)
    expect(await readBalance(node.chain, address(node.keys.server))).toBe(99_600n)
  })
})

describe('a dispute about a receipt', () => {
  const receipt = digestText('a receipt')

  test('accuses who signed it, freezes its stake, and a verdict moves bond and stake: 1000 + 800 + 60 wei to the challenger', async () => {
    const { keys, chain } = node
    const signature = await signReceiptId({ id: receipt, chainId: chain.chainId }, keys.server)
    const challenged = { receipt, server: address(keys.server), signature }
    const { id, sent } = await openDispute(challenger, { challenged, evidence })
    expect(await openDispute(challenger, { challenged, evidence })).toMatchObject({ id, sent: false })
    expect(sent).toBe(true)
    const other = openDispute(challenger, { challenged, evidence: digestText('more') })
    await expect(other).rejects.toMatchObject({ code: 'chain/recorded-differently' })
    expect(await readDispute(chain, id)).toMatchObject({
      kind: 'receipt',
      state: 'open',
      accused: address(keys.server),
    })

    await lowerStake(server, { role: 'server', wei: 0n })
    await untilChainTime(chain, (await stake()).withdrawableAt)
    await expect(withdrawStake(server, 'server')).rejects.toMatchObject({ facts: { error: 'DisputeOpen' } })
    await expect(answerDispute(challenger, { id, answer: evidence })).rejects.toMatchObject({
      facts: { error: 'NotTheAccused' },
    })
    expect((await answerDispute(server, { id, answer: evidence })).sent).toBe(true)
    expect((await answerDispute(server, { id, answer: evidence })).sent).toBe(false)
    const verdict = { id, end: { by: 'verdict', upheld: true, slash: true } } as const
    expect((await endDispute(resolver, verdict)).sent).toBe(true)
    expect((await endDispute(resolver, verdict)).sent).toBe(false)
    const wrong = { id, end: { by: 'verdict', upheld: false, slash: false } } as const
    await expect(endDispute(resolver, wrong)).rejects.toMatchObject({ code: 'chain/recorded-differently' })

    // Half of 400 is taken, of which 30 % are the challenger's; 20 % of the bond and the rest are the treasury's.
    expect(await readDispute(chain, id)).toMatchObject({ state: 'upheld', slashedWei: '200' })
    expect(await withdrawOwed(challenger, 'disputes', address(keys.verifier))).toBe(1_860n)
    expect(await withdrawOwed(challenger, 'disputes', address(keys.verifier))).toBe(0n)
    expect(await treasuryDue()).toBe(340n)
    expect(await withdrawStake(server, 'server')).toBe(200n)
    await expect(openDispute(challenger, { challenged, evidence })).rejects.toMatchObject({
      facts: { error: 'Closed' },
    })
  })
})

describe('a dispute about a root', () => {
  const propose = async (root: Digest) => {
    const { chain } = node
    await ensureOpen(chain, { account: chain.contracts.rewardVault, wei: 100n })
    await proposeRoot(chain, { epoch: 1, root, totalWei: 100n, evidence })
    return openDispute(challenger, { challenged: { epoch: 1, root }, evidence })
  }

  test('holds it: it is not final before the dispute has ended, and one that is conceded has to be proposed anew', async () => {
    const { chain } = node
    const root = digestText('wrong root')
    const { id } = await propose(root)
    await expect(finaliseRoot(chain, 1)).rejects.toMatchObject({ code: 'chain/root-held', retry: true })
    await expect(endDispute(chain, { id, end: { by: 'time' } })).rejects.toMatchObject({ facts: { error: 'TimeRuns' } })
    await endDispute(chain, { id, end: { by: 'accused' } })
    expect(await readRoot(chain, 1)).toBeUndefined()
    expect(await withdrawOwed(challenger, 'disputes', address(node.keys.verifier))).toBe(1_000n)
  })

  test('that no resolver decides gives both bonds back and lets the root become final, which nobody holds again', async () => {
    const { chain } = node
    const root = digestText('right root')
    const { id } = await propose(root)
    await answerDispute(chain, { id, answer: evidence })
    // The operator is a party: it is a resolver and may not decide.
    const verdict = { id, end: { by: 'verdict', upheld: false, slash: false } } as const
    await expect(endDispute(chain, verdict)).rejects.toMatchObject({ facts: { error: 'IsParty' } })
    await untilChainTime(chain, (await readDispute(chain, id)).decideUntil)
    await endDispute(challenger, { id, end: { by: 'time' } })
    expect((await readDispute(chain, id)).state).toBe('undecided')
    expect(await withdrawOwed(chain, 'disputes', address(node.keys.operator))).toBe(1_000n)
    const again = openDispute(challenger, { challenged: { epoch: 1, root }, evidence })
    await expect(again).rejects.toMatchObject({ facts: { error: 'Held' } })
    expect((await readRoot(chain, 1))!.finalFrom!).toBeGreaterThan(await now())
    await finaliseRoot(chain, 1)
    expect(await readRoot(chain, 1)).toMatchObject({ root, totalWei: 100n, final: true })
  })

  test('is not opened about a number that nobody opened', async () => {
    await expect(readDispute(node.chain, 99)).rejects.toMatchObject({ code: 'chain/no-dispute' })
  })
})
