import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { callsOf, listAdapters, listCheckpoints, listEpochs, listTours } from '../../store/index.ts'
import type { TourSummary } from '../../tools/index.ts'
import { openHere } from './harness/openHere.ts'
import { readBooks, sum } from './harness/readBooks.ts'
import { endStarted, startProcess } from './harness/startProcess.ts'
import { tinyHome, type TinyHome } from './harness/tinyHome.ts'
import { untilActivity, type Moment } from './harness/untilActivity.ts'

const tour = 'tour/pages/1'
const homes: TinyHome[] = []
async function newHome(): Promise<TinyHome> {
  const home = await tinyHome()
  homes.push(home)
  return home
}
afterAll(async () => {
  await endStarted()
  for (const home of homes) home.remove()
})

/** Starts in a home and waits for a step, for something to be killed there. */
async function cutAt(home: TinyHome, moment: Moment) {
  const started = startProcess(home)
  await untilActivity(home, started, moment)
  return started
}

/** The server's own process, as its supervisor recorded it. */
function pidOf({ dir }: TinyHome, server: 'temporal' | 'anvil'): number {
  return (JSON.parse(readFileSync(join(dir, 'run', `${server}.json`), 'utf8')) as { pid: number }).pid
}

/** What must hold of a tour, whatever was killed on its way: everything was done, and nothing twice. */
async function expectDoneOnce(home: TinyHome, summary: TourSummary): Promise<void> {
  expect(summary.tour).toBe(tour)
  expect(summary.audits.map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS', 'PASS'])
  expect(summary.answers).toHaveLength(12)
  const { receivedWei, paidWei, claimedWei, treasuryWei, poolWei } = summary.settlement
  const opened = await openHere(home)
  try {
    const { store, keys } = opened.ctx
    const payees = [...summary.contributors.map(({ payee }) => payee), keys.server.address, keys.modelOwner.address]
    const books = await readBooks(
      opened,
      payees.map((payee) => payee.toLowerCase()),
    )
    // One payment a question, and the buyer is poorer by their sum and nothing else.
    expect(books.paid).toEqual(summary.answers.map(({ feeWei }) => BigInt(feeWei)))
    expect(books.buyer).toBe(100n * 10n ** 18n - BigInt(receivedWei))
    expect(BigInt(receivedWei)).toBe(BigInt(paidWei) + BigInt(treasuryWei) + BigInt(poolWei))
    expect(sum(books.payees.values())).toBe(BigInt(paidWei))
    expect(claimedWei).toBe(paidWei)
    expect(books).toMatchObject({ vault: 0n, treasury: BigInt(treasuryWei), pools: BigInt(poolWei), feeEscrow: 0n })

    expect((await listTours(store, {})).map(({ id }) => id)).toEqual([tour])
    expect((await listEpochs(store, {})).map(({ number, state }) => `${number} ${state}`)).toEqual([
      '1 claimed',
      '2 open',
    ])
    const adapters = await listAdapters(store, {})
    expect(adapters.map(({ digest }) => digest)).toEqual([summary.adapter.digest])
    const checkpoints = await listCheckpoints(store, { run: adapters[0]!.run })
    expect(checkpoints.map(({ step }) => step)).toEqual([4, 8])
  } finally {
    await opened.close()
  }
}

/** At which attempt each block of the training came to its end; one that was cut leaves no line. */
async function trainedBlocks(home: TinyHome): Promise<number[]> {
  const opened = await openHere(home)
  try {
    const calls = await callsOf(opened.ctx.store, { workflow: `${tour}/train` })
    return calls.filter(({ name }) => name === 'train_block').map(({ attempt }) => attempt)
  } finally {
    await opened.close()
  }
}

test('SIGKILL of start in each of 6 phases of one tour: the 7th start ends it, and nothing was done twice', async () => {
  const home = await newHome()
  const phases: Moment[] = [
    { workflow: tour, tool: 'import_datanet' },
    { workflow: `${tour}/curate`, tool: 'find_duplicates' },
    { workflow: `${tour}/train`, tool: 'train_block', nth: 2 },
    { workflow: `${tour}/buy`, tool: 'ask', nth: 5 },
    { workflow: 'settle/1', tool: 'propose_root' },
    { workflow: tour, tool: 'audit', nth: 2 },
  ]
  for (const moment of phases) await (await cutAt(home, moment)).kill()
  await expectDoneOnce(home, await startProcess(home).summary())
  // The first block was done before the kill; the second ran again once.
  const attempts = await trainedBlocks(home)
  expect(attempts).toHaveLength(2)
  expect(attempts[0]).toBe(1)
})

test('SIGKILL of Temporal, then of anvil, alone: start says so and ends with 75, and the next one ends the tour', async () => {
  const home = await newHome()
  const blows: [Moment, 'temporal' | 'anvil'][] = [
    [{ workflow: `${tour}/train`, tool: 'train_block' }, 'temporal'],
    [{ workflow: `${tour}/buy`, tool: 'ask', nth: 3 }, 'anvil'],
    [{ workflow: 'settle/1', tool: 'trace_answer', nth: 4 }, 'temporal'],
    [{ workflow: 'settle/1', tool: 'claim' }, 'anvil'],
  ]
  for (const [moment, server] of blows) {
    const started = await cutAt(home, moment)
    process.kill(pidOf(home, server), 'SIGKILL')
    expect(await started.ended, started.said()).toMatchObject({ code: 75 })
    expect(started.said()).toContain('servers/ended')
  }
  await expectDoneOnce(home, await startProcess(home).summary())
})
