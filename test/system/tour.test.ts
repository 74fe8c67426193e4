import { isAddress } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { definitions, type TourSummary } from '../../tools/index.ts'
import { leavesOf } from '../../store/index.ts'
import { openHere, type Opened } from './harness/openHere.ts'
import { readBooks, sum, type Books } from './harness/readBooks.ts'
import { endStarted, startProcess } from './harness/startProcess.ts'
import { tinyHome, type TinyHome } from './harness/tinyHome.ts'
import { contributors, corpusFacts } from './harness/writeCorpus.ts'

let home: TinyHome
let first: TourSummary
let opened: Opened
let books: Books

const wei = (text: string) => BigInt(text)
const everybody = ({ ctx }: Opened) => [
  ...contributors,
  ctx.keys.server.address.toLowerCase(),
  ctx.keys.modelOwner.address.toLowerCase(),
]

beforeAll(async () => {
  home = await tinyHome()
  first = await startProcess(home).summary()
  opened = await openHere(home)
  books = await readBooks(opened, everybody(opened))
})
afterAll(async () => {
  await opened?.close()
  await endStarted()
  home?.remove()
})

test('118 samples of 6 contributors become a version of 112: 3 duplicates, an address, a GPL text and a scrap are turned away', () => {
  const { samples, accepted, rejected, contributors: people, clusters } = first.datanet
  expect({ samples, accepted, rejected, contributors: people, clusters }).toEqual(corpusFacts)
})

test('training lowers the held-out loss by at least 0.3 nats', () => {
  const { heldOutLossBefore, heldOutLossAfter } = first.adapter
  expect(heldOutLossBefore - heldOutLossAfter).toBeGreaterThan(0.3)
})

test('12 answers are sold, one payment each, for the fees of their receipts', () => {
  expect(first.answers).toHaveLength(12)
  expect(new Set(first.answers.map(({ receipt }) => receipt)).size).toBe(12)
  expect(books.paid).toEqual(first.answers.map(({ feeWei }) => wei(feeWei)))
  expect(books.buyer).toBe(100n * 10n ** 18n - sum(books.paid))
})

test('received = paid + treasury + pools, and claimed = paid', () => {
  const { receivedWei, paidWei, treasuryWei, poolWei, claimedWei } = first.settlement
  expect(wei(receivedWei)).toBe(sum(books.paid))
  expect(wei(receivedWei)).toBe(wei(paidWei) + wei(treasuryWei) + wei(poolWei))
  expect(claimedWei).toBe(paidWei)
  expect(wei(paidWei)).toBeGreaterThan(0n)
})

test('the chain holds for each of 8 payees what the statement says, to the wei, and nothing is left over', async () => {
  const { settlement } = first
  const due = new Map(
    (await leavesOf(opened.ctx.store, { epoch: settlement.epoch })).map((leaf) => [
      leaf.payee as string,
      leaf.cumulativeWei,
    ]),
  )
  let credits = 0n
  let earned = 0n
  for (const payee of everybody(opened)) {
    const { earnedWei, claimedWei, epochs } = await opened.tool(definitions.statement, { payee })
    expect.soft(books.payees.get(payee), payee).toBe(wei(earnedWei))
    expect.soft(due.get(payee) ?? 0n, payee).toBe(wei(earnedWei))
    expect.soft(claimedWei, payee).toBe(earnedWei)
    expect.soft(sum(epochs.map((epoch) => wei(epoch.earnedWei))), payee).toBe(wei(earnedWei))
    // What answers credit and charge: an account above zero is paid, one below it owes the difference.
    const answers = epochs.flatMap((epoch) => epoch.answers)
    const net = sum(answers.map(({ wei: credit, chargedWei }) => wei(credit) - wei(chargedWei)))
    if (!contributors.some((one) => one === payee)) expect.soft(answers, payee).toEqual([])
    else {
      credits += sum(answers.map((answer) => wei(answer.wei)))
      earned += wei(earnedWei)
      expect.soft(wei(earnedWei) > 0n, payee).toBe(net > 0n)
      expect.soft(sum(epochs.map(({ owedWei }) => wei(owedWei))), payee).toBe(net < 0n ? -net : 0n)
    }
  }
  // All credits are paid out, those of contributors who end below zero to the others.
  expect(earned).toBe(credits)
  expect(earned).toBeGreaterThan(0n)
  expect(sum(books.payees.values())).toBe(wei(settlement.paidWei))
  expect(books.payeeEscrow).toBe(sum([...books.payees].flatMap(([payee, held]) => (isAddress(payee) ? [] : [held]))))
  expect(books).toMatchObject({
    vault: 0n,
    treasury: wei(settlement.treasuryWei),
    pools: wei(settlement.poolWei),
    feeEscrow: 0n,
  })
})

test('contributors with an address and contributors with an escrow account both earned something', () => {
  const earners = first.contributors.filter(({ earnedWei }) => wei(earnedWei) > 0n)
  expect(new Set(earners.map(({ payee }) => isAddress(payee)))).toEqual(new Set([true, false]))
})

test('3 random receipts are audited, and all 12 checks of each pass', () => {
  expect(first.audits.map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS', 'PASS'])
  for (const { checks } of first.audits) expect(checks).toHaveLength(12)
})

test('the open tools answer over HTTP: an answer is traced and explained, the model is listed, all parts are up', async () => {
  const { receipt, top } = first.answers[0]!
  const trace = await opened.tool(definitions.trace_answer, { receipt, top: 10 })
  expect(trace.top.filter(({ sharePpm }) => sharePpm > 0).map(({ sample }) => sample)).toEqual(
    top.map(({ sample }) => sample),
  )
  const paid = trace.payees.filter(({ sharePpm }) => sharePpm > 0)
  // What an answer was harmed more than helped by, and what nobody is shown to have earned, is the pool's part.
  const shared = paid.reduce((total, { sharePpm }) => total + sharePpm, 0)
  expect(shared).toBeGreaterThan(0)
  expect(shared).toBeLessThanOrEqual(1_000_000)
  const why = await opened.tool(definitions.explain, { payee: paid[0]!.payee, receipt })
  expect(why).toMatchObject({ paid: true, sharePpm: paid[0]!.sharePpm })
  expect(why.steps.join(' ')).toContain(`gets ${why.wei} wei`)
  const { models } = await opened.tool(definitions.list_models)
  expect(models).toMatchObject([{ alias: 'pages', adapter: first.adapter.digest, datanet: first.datanet.root }])
  const { parts, receipts, epoch } = await opened.tool(definitions.status)
  expect(parts.map(({ part, state }) => `${part} ${state}`)).toEqual([
    'gateway up',
    'temporal up',
    'chain up',
    'database up',
    'engine up',
    'answers up',
    'gpu worker off',
    'payments up',
    'home up',
  ])
  expect({ receipts, epoch }).toEqual({ receipts: 12, epoch: first.settlement.epoch + 1 })
})

test('its trace hangs all workflows under the tour, names the model and the fee of each of 12 asks, and nobody was asked', async () => {
  const traced = await opened.tool(definitions.trace_workflow, { workflow: first.tour, count: 10_000 })
  const calls = traced.calls.filter(({ state }) => state === 'done')
  const above = new Map(calls.map(({ workflow, lineage }) => [workflow, lineage]))
  expect(above.get(`${first.tour}/buy`)).toEqual([first.tour])
  expect(above.get(`settle/${first.settlement.epoch}`)).toEqual([first.tour])
  // The sale of an answer starts its attribution, not the tour: it stands by itself.
  const workflow = `attribute/${first.answers[0]!.receipt}`
  const attributed = await opened.tool(definitions.trace_workflow, { workflow })
  expect(attributed.calls.map(({ name, lineage }) => [name, lineage])).toEqual([['attribute_answer', []]])
  const asks = calls.filter(({ name }) => name === 'ask')
  expect(asks.map(({ costWei }) => costWei)).toEqual(first.answers.map(({ feeWei }) => feeWei))
  expect(new Set(asks.map(({ node, model, by }) => `${node} ${model} ${by}`))).toEqual(
    new Set([`ask ${first.adapter.digest} policy`]),
  )
  expect(new Set(calls.map(({ key }) => key)).size).toBe(calls.length)
  const { approvals } = await opened.tool(definitions.list_approvals)
  expect(approvals).toEqual([])
})

test('a second start shows the finished tour and charges nothing; --again asks other questions in a new epoch', async () => {
  await opened.close()
  const second = await startProcess(home).summary()
  expect(second).toEqual(first)
  const third = await startProcess(home, ['--again']).summary()
  opened = await openHere(home)
  const now = await readBooks(opened, everybody(opened))

  // The blocks of the second start would stand between those of the first and the third.
  expect(now.paid.slice(0, 12)).toEqual(books.paid)
  expect(now.paid.slice(12)).toEqual(third.answers.map(({ feeWei }) => wei(feeWei)))
  expect(third.answers.length).toBeGreaterThan(0)
  expect(now.buyer).toBe(books.buyer - sum(third.answers.map(({ feeWei }) => wei(feeWei))))

  expect(third.settlement.epoch).toBe(first.settlement.epoch + 1)
  expect(third.adapter).toMatchObject({ digest: first.adapter.digest, trainSeconds: first.adapter.trainSeconds })
  const asked = new Set(first.answers.map(({ question }) => question))
  expect(third.answers.filter(({ question }) => asked.has(question))).toEqual([])
  expect(third.audits.map(({ verdict }) => verdict)).not.toContain('FAIL')
  expect(sum(now.payees.values())).toBe(wei(first.settlement.paidWei) + wei(third.settlement.paidWei))
  expect(now).toMatchObject({
    vault: 0n,
    treasury: wei(first.settlement.treasuryWei) + wei(third.settlement.treasuryWei),
  })
})
