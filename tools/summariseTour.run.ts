import { readFileSync } from 'node:fs'
import { readMoney } from '../chain/index.ts'
import { ppmInteger, toWeiString, TributaryError, type Digest, type PayeeId } from '../kernel/index.ts'
import {
  attributionOf,
  callsOf,
  finishTour,
  getAdapter,
  getEpoch,
  getReceipt,
  getRun,
  getVersion,
  leavesOf,
  listContributions,
  listDecisions,
} from '../store/index.ts'
import { emptyRoot } from './settlement/computeStatement.ts'
import { readScoringReport } from './settlement/readScoringReport.ts'
import { peakRssMiB } from './peakRssMiB.ts'
import type { Run } from './runTool.ts'
import type { summariseTour, TourSummary } from './summariseTour.ts'
import { toWire } from './faces/wire.ts'

export const run: Run<typeof summariseTour> = async (input, ctx) => {
  const { store, engine, now } = ctx
  const { tour, datanet, datanetRoot, epoch: number, claimedWei, timesMs, audits } = input
  const version = await getVersion(store, { root: datanetRoot })
  const contributions = await listContributions(store, { datanet })
  const decisions = await listDecisions(store, { datanet, curation: version.curation })
  const adapter = await getAdapter(store, { digest: input.adapter })
  const run = await getRun(store, { id: adapter.run })
  const epoch = await getEpoch(store, { epoch: number })
  const paidWei = epoch.paidWei ?? 0n
  await checkFinal(ctx, number)
  const summary: TourSummary = {
    tour,
    datanet: {
      name: datanet,
      root: datanetRoot,
      samples: contributions.length,
      accepted: version.sampleCount,
      rejected: contributions.length - version.sampleCount,
      clusters: new Set(decisions.flatMap(({ cluster }) => cluster ?? [])).size,
      contributors: new Set(contributions.map(({ payee }) => payee)).size,
    },
    adapter: {
      digest: adapter.digest,
      alias: datanet,
      base: engine.base.digest,
      steps: input.steps,
      heldOutLossBefore: adapter.heldOutLossBeforeMicroNats / 1e6,
      heldOutLossAfter: adapter.heldOutLossAfterMicroNats / 1e6,
      trainSeconds: ((run.finishedAtMs ?? now()) - run.startedAtMs) / 1000,
      lossCurve: input.lossCurve,
    },
    contributors: await contributorRows(ctx, { number, contributions, decisions, paidWei }),
    answers: [],
    settlement: {
      epoch: number,
      root: epoch.root ?? emptyRoot,
      receivedWei: toWeiString(epoch.receivedWei ?? 0n),
      paidWei: toWeiString(paidWei),
      treasuryWei: toWeiString(epoch.treasuryWei ?? 0n),
      poolWei: toWeiString(epoch.poolWei ?? 0n),
      claimedWei,
    },
    ...(epoch.scoring === null ? {} : { scoring: await scoringOf(ctx, epoch.scoring) }),
    audits,
    timesMs,
    rssMiB: await memoryByPhase(ctx, tour, number),
    peakRssMiB: peakRssMiB(),
    versions: versions(ctx),
  }
  for (const { receipt: id, question, latencyMs } of input.answers) {
    const { receipt } = await getReceipt(store, { id })
    const { top } = await attributionOf(store, { receipt: id })
    const named = top
      .filter(({ sharePpm }) => sharePpm > 0)
      .map(({ sample, payee, sharePpm }) => ({ sample, contributor: payee, sharePpm }))
    summary.answers.push({
      receipt: id,
      question,
      feeWei: receipt.feeWei,
      tokens: receipt.completionTokens,
      latencyMs,
      top: named,
    })
  }
  await finishTour(store, { id: tour, summary: toWire(summary), atMs: now() })
  return summary
}

async function scoringOf(ctx: Context, report: Digest): Promise<TourSummary['scoring']> {
  const { adapters, answers, linear } = await readScoringReport(ctx, report)
  return { adapters, answers, linear }
}

async function checkFinal({ chain }: Context, epoch: number): Promise<void> {
  const { lastFinalEpoch, lastClosedEpoch } = await readMoney(chain)
  if (lastFinalEpoch >= epoch && lastClosedEpoch >= epoch) return
  throw new TributaryError('The chain does not show the epoch of this tour as final.', {
    code: 'tools/epoch-not-final',
    facts: { epoch, lastFinalEpoch, lastClosedEpoch },
    tryThis: 'close the epoch again: tributary tools post-root',
  })
}

type Context = Parameters<Run<typeof summariseTour>>[1]
type Rows = {
  number: number
  contributions: Awaited<ReturnType<typeof listContributions>>
  decisions: Awaited<ReturnType<typeof listDecisions>>
  paidWei: bigint
}

/** By phase as in `timesMs`: the traces of the tour's workflows hold the memory at the end of each step. */
async function memoryByPhase({ store }: Context, tour: string, epoch: number): Promise<Record<string, number>> {
  const steps: [phase: string, workflow: string, tool?: string][] = [
    ['datanet', tour, 'import_datanet'],
    ['curate', `${tour}/curate`],
    ['train', `${tour}/train`],
    ['sell', `${tour}/buy`],
    ['attribute and settle', `settle/${epoch}`],
    ['audit', tour, 'audit'],
  ]
  const phases: Record<string, number> = {}
  for (const [phase, workflow, only] of steps) {
    const own = (await callsOf(store, { workflow })).filter((call) => call.workflow === workflow)
    const counted = own.filter(({ name }) => only === undefined || name === only)
    phases[phase] = Math.max(0, ...counted.map(({ rssMiB }) => rssMiB))
  }
  return phases
}

/** Largest earner first. Server and model owner are no contributors: they are in the leaves, not in this table. */
async function contributorRows(
  { store }: Context,
  { number, contributions, decisions, paidWei }: Rows,
): Promise<TourSummary['contributors']> {
  const accepted = new Set(decisions.filter(({ verdict }) => verdict === 'accept').map(({ sample }) => sample))
  const leaves = new Map((await leavesOf(store, { epoch: number })).map((leaf) => [leaf.payee, leaf]))
  const byPayee = Map.groupBy(contributions, ({ payee }) => payee)
  const rows = [...byPayee].map(([payee, own]: [PayeeId, typeof contributions]) => {
    const leaf = leaves.get(payee)
    const earned = leaf?.epochWei ?? 0n
    return {
      payee,
      samples: own.length,
      accepted: own.filter(({ sample }) => accepted.has(sample)).length,
      sharePpm: ppmInteger.parse(paidWei === 0n ? 0 : Number((earned * 1_000_000n) / paidWei)),
      earnedWei: toWeiString(earned),
      claimedWei: toWeiString(leaf?.claimedTx ? earned : 0n),
    }
  })
  return rows.toSorted((a, b) =>
    BigInt(b.earnedWei) > BigInt(a.earnedWei)
      ? 1
      : BigInt(b.earnedWei) < BigInt(a.earnedWei)
        ? -1
        : b.accepted - a.accepted,
  )
}

function versions({ engine, chain, store }: Context): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const wanted = [
    '@temporalio/worker',
    '@langchain/langgraph',
    '@x402/core',
    'viem',
    '@foundry-rs/anvil',
    'onnxruntime-node',
  ]
  return {
    node: process.version,
    engine: `${engine.stamp.runtime}, ${engine.stamp.cpu}`,
    base: engine.base.name,
    chain: `${chain.chainId}`,
    store: store.kind,
    ...Object.fromEntries(wanted.map((name) => [name, dependencies[name] ?? 'none'])),
  }
}
