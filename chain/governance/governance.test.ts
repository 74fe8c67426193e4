import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText, type Address } from '../../kernel/index.ts'
import { ensureOpen } from '../actions/ensureOpen.ts'
import { readBalance } from '../actions/readBalance.ts'
import { untilChainTime } from '../actions/untilChainTime.ts'
import { chainAs } from '../client/chainAs.ts'
import type { Chain } from '../client/openChain.ts'
import { openTestChain, type TestChain } from '../testChain.ts'
import { executeProposal, queueProposal } from './carryOut.ts'
import { ballotOf, castVote, signVote } from './castVote.ts'
import { decodeCall } from './decodeCall.ts'
import { delegateVotes, readVotes } from './delegateVotes.ts'
import { adoptEngineCall, adoptRuleCall, setParameterCall, spendPoolCall } from './governedCalls.ts'
import { proposalId, type ProposalContent } from './proposalId.ts'
import { propose } from './propose.ts'
import { readProposal } from './readProposal.ts'
import { readAdoptions, readCurrent } from './readRules.ts'

let at: TestChain
beforeAll(async () => {
  at = await openTestChain({ governance: { votingDelaySeconds: 1, votingPeriodSeconds: 3, timelockSeconds: 1 } })
})
afterAll(() => at.close())

const killed = new Error('killed')
const nonceOf = (chain: Chain) => chain.reader.getTransactionCount({ address: chain.writer.account.address })

/** The process dies before the transaction leaves, or as soon as it has left: with the next process all goes on, and is done once. */
async function survives<T>(act: (chain: Chain) => Promise<T>): Promise<T> {
  const { chain } = at
  const before = await nonceOf(chain)
  const unsent: Chain = { ...chain, lock: async () => Promise.reject(killed) }
  await expect(act(unsent)).rejects.toThrow()
  expect(await nonceOf(chain)).toBe(before)
  const persist = async () => Promise.reject(killed)
  await expect(act({ ...chain, persist })).rejects.toThrow()
  expect(await nonceOf(chain)).toBe(before + 1)
  const done = await act(await at.reopen())
  expect(done).toMatchObject({ sent: false })
  expect(await nonceOf(chain)).toBe(before + 1)
  return done
}

const engine = digestText('another engine')
const report = digestText('report')
const content = (description: string): ProposalContent => ({
  calls: [adoptEngineCall(at.chain.contracts, { digest: engine, report })],
  description,
})

test('proposed, voted on, queued and executed by processes that are killed before and after every transaction: each is sent once', async () => {
  const { chain, keys } = at
  const voter = keys.buyer
  await ensureOpen(chain, { account: voter.address as Address, wei: 50_000_000n * 10n ** 18n })
  await delegateVotes(await chainAs(chain, voter), voter.address as Address)
  await delegateVotes(chain, chain.writer.account.address as Address)
  await untilChainTime(chain, Number((await chain.reader.getBlock()).timestamp) + 2)

  const { id } = await survives((as) => propose(as, content('to see who is killed')))
  expect(id).toBe(proposalId(content('to see who is killed')))
  const { votesFrom, votesUntil } = await readProposal(chain, id)
  await untilChainTime(chain, votesFrom + 1)
  const vote = await signVote(chain, voter, { proposal: id, support: 'for' })
  expect(await survives((as) => castVote(as, vote))).toMatchObject({ weightWei: 50_000_000n * 10n ** 18n })
  await untilChainTime(chain, votesUntil + 1)
  await survives((as) => queueProposal(as, id))
  await untilChainTime(chain, (await readProposal(chain, id)).readyAt)
  await survives((as) => executeProposal(as, id))
  expect(await readCurrent(chain, 'engine')).toBe(engine)
  expect((await readAdoptions(chain, 'engine')).at(-1)).toMatchObject({ digest: engine, report })
}, 120_000)

test('the id is over calls and text: a changed letter is another proposal, and none that was made', async () => {
  const [one, other] = [proposalId(content('a')), proposalId(content('b'))]
  expect(one).not.toBe(other)
  await expect(readProposal(at.chain, one)).rejects.toMatchObject({ code: 'chain/no-proposal' })
})

test('a ballot of an earlier nonce is chain/bad-ballot: it was good for one vote', async () => {
  const { chain, keys } = at
  const { id } = await propose(chain, content('another'))
  await untilChainTime(chain, (await readProposal(chain, id)).votesFrom + 1)
  const old = await signVote(chain, keys.buyer, { proposal: id, support: 'against' })
  const { message } = await ballotOf(chain, old)
  expect(message.nonce).toBe(1n)
  const { id: second } = await propose(chain, content('and another'))
  await castVote(chain, old)
  await untilChainTime(chain, (await readProposal(chain, second)).votesFrom + 1)
  await expect(castVote(chain, { ...old, proposal: second })).rejects.toMatchObject({ code: 'chain/bad-ballot' })
}, 60_000)

test('who has fewer votes than the threshold proposes nothing: chain/no-votes', async () => {
  const poor = await chainAs(at.chain, at.keys.server)
  await expect(propose(poor, content('poor'))).rejects.toMatchObject({
    code: 'chain/no-votes',
    facts: { votesWei: '0' },
  })
  expect(await readVotes(at.chain, at.keys.server.address as Address)).toMatchObject({ balanceWei: 0n })
  expect(await readBalance(at.chain, at.keys.server.address as Address)).toBe(0n)
}, 60_000)

test('every call that we make is decoded by name and argument; one to a stranger, or of no function, is unknown', () => {
  const { contracts } = at.chain
  const parts = { treasuryPpm: 50_000, serverPpm: 150_000, modelOwnerPpm: 100_000, contributorsPpm: 700_000 }
  const rule = { v: 1, ...parts, noiseFloorMicroNats: 0, shareRule: 'positive-per-payee/1' } as never
  const to = contracts.openToken
  const said = [
    adoptRuleCall(contracts, { digest: engine, rule, report }),
    spendPoolCall(contracts, { datanet: digestText('rivers'), to, wei: 5n, reason: report }),
    setParameterCall(contracts, 'quorumPercent', 5n),
    setParameterCall(contracts, 'timelockSeconds', 9n),
    setParameterCall(contracts, 'proposalThresholdWei', 7n),
    { target: contracts.rewardVault, data: '0x12345678' as const },
    { target: `0x${'77'.repeat(20)}` as Address, data: '0x' as const },
  ].map((call) => decodeCall(contracts, call))
  expect(said.map(({ contract, call }) => `${contract}.${call}`)).toEqual([
    'ruleRegistry.adoptRule',
    'datanetPools.spend',
    'openGovernor.updateQuorumNumerator',
    'openTimelock.updateDelay',
    'openGovernor.setProposalThreshold',
    'rewardVault.unknown',
    'unknown.unknown',
  ])
  expect(said[0]!.arguments[1]).toEqual({ name: 'parts', value: JSON.stringify(parts) })
  expect(said[1]!.arguments.find(({ name }) => name === 'amountWei')?.value).toBe('5')
  expect(said[3]!.arguments).toEqual([{ name: 'newDelay', value: '9' }])
})
