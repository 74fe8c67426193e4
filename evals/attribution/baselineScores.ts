import { join } from 'node:path'
import {
  bm25,
  dataInf,
  fisher,
  gradientDot,
  hessianFree,
  hiddenCosine,
  sampleInfluence,
  tracin,
  wordsOf,
  type AnswerQuery,
  type AttributionMethod,
  type RowBlock,
} from '../../attribution/index.ts'
import { optimiserStep } from '../../kernel/index.ts'
import { adapterLayout, adapterSegments, openPath, trainingRecord } from '../../models/index.ts'
import type { Protocol } from './openProtocol.ts'
import { queryGradients } from './queryLosses.ts'
import { inMemory, sampleGradients } from './sampleGradients.ts'

/** The dampings that Fisher's kernel and DataInf are tried with; each is judged, and the best one stands in the table. */
const fisherDampings = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 10]
const dataInfDampings = [0.01, 0.1, 1, 10]

/** Scores [queries][N] of every baseline, by name; with its setting where it has one: `fisher 0.1`. */
export async function baselineScores(
  protocol: Protocol,
  theta: Float32Array,
  say: (line: string) => void,
): Promise<Map<string, Float64Array[]>> {
  const { run, texts } = protocol
  const samples = texts.samples.length
  const parameters = run.layout.length
  const rows = await sampleGradients(protocol, theta)
  const gradients = await queryGradients(protocol, theta)
  const queries: AnswerQuery[] = gradients.map((gradient) => ({ gradient }))
  const scores = new Map<string, Float64Array[]>()
  const judge = async (name: string, method: AttributionMethod, asked: AnswerQuery[] = queries): Promise<void> => {
    const own: Float64Array[] = []
    for (const query of asked) own.push(await method.score(query))
    scores.set(name, own)
    say(`scored by ${name}`)
  }
  await judge('gradient-dot', gradientDot({ rows, samples }))
  for (const damping of fisherDampings) {
    await judge(`fisher ${damping}`, await fisher({ rows, samples, parameters, damping }))
  }
  const segments = adapterSegments(run.layout)
  for (const damping of dataInfDampings) {
    await judge(`datainf ${damping}`, await dataInf({ rows, samples, segments, damping }))
  }
  const blocks: RowBlock[] = []
  for await (const block of sampleInfluence(trainingRecord(run))) blocks.push(block)
  await judge('hessian-free', hessianFree({ influence: () => blocks, samples }))
  const visited = await checkpointsOf(protocol)
  const atCheckpoints = await Promise.all(visited.map(({ theta: then }) => queryGradients(protocol, then)))
  const withCheckpoints = queries.map((query, q) => ({
    ...query,
    checkpointGradients: atCheckpoints.map((own) => own[q]!),
  }))
  const checkpoints = await Promise.all(
    visited.map(async ({ theta: then, rate }) => ({ rate, rows: await sampleGradients(protocol, then) })),
  )
  await judge('tracin', tracin({ checkpoints, samples }), withCheckpoints)
  const states = await hiddenStates(protocol)
  await judge(
    'hidden-cosine',
    hiddenCosine({ rows: inMemory(states.slice(0, samples)), samples }),
    queries.map((query, q) => ({ ...query, hidden: states[samples + q]! })),
  )
  const words = [...texts.samples, ...texts.queries].map((one) => wordsOf(one.prompt + one.completion))
  await judge(
    'bm25',
    bm25({ documents: words.slice(0, samples) }),
    queries.map((query, q) => ({ ...query, words: words[samples + q]! })),
  )
  return scores
}

/** The adapter after each epoch, with the mean rate of the epoch over the batch size: every sample is seen once in it. */
async function checkpointsOf({ run }: Protocol): Promise<{ theta: Float32Array; rate: number }[]> {
  const path = await openPath(run, join(run.dir, 'path.bin'))
  const { epochs, batch } = run.plan.recipe
  const stepsOfEpoch = run.steps / epochs
  const zeros = (): Float32Array => new Float32Array(path.parameters)
  const state = { theta: path.start.slice(), first: zeros(), second: zeros() }
  const found: { theta: Float32Array; rate: number }[] = []
  let rates = 0
  for (let step = 0; step < run.steps; step++) {
    const { batchGradient, learningRate } = await path.step(step)
    optimiserStep(state, batchGradient, path.optimiser, { step, learningRate })
    rates += learningRate
    if ((step + 1) % stepsOfEpoch > 0) continue
    found.push({ theta: state.theta.slice(), rate: rates / stepsOfEpoch / batch })
    rates = 0
  }
  await path.close()
  return found
}

/** Mean over a row's tokens of the base model's state that enters its last block, less the mean over all samples. */
async function hiddenStates({ engine, run, texts }: Protocol): Promise<Float32Array[]> {
  const { config } = engine.base
  const last = adapterLayout(config, { rank: 1, targets: ['q_proj'], fromLayer: config.num_hidden_layers - 1 })
  const states = await engine.prefixStates(run.rows, last)
  const width = config.hidden_size
  const means = states.map((state, i) => {
    const tokens = run.rows[i]!.ids.length
    const mean = new Float32Array(width)
    for (let at = 0; at < tokens * width; at++) mean[at % width]! += state[at]! / tokens
    return mean
  })
  const centre = new Float32Array(width)
  const samples = texts.samples.length
  for (const mean of means.slice(0, samples)) for (let j = 0; j < width; j++) centre[j]! += mean[j]! / samples
  return means.map((mean) => mean.map((value, j) => value - centre[j]!))
}
