import { join } from 'node:path'
import {
  bm25,
  fisher,
  hessianFree,
  hiddenCosine,
  sampleInfluence,
  wordsOf,
  type AnswerQuery,
  type AttributionMethod,
  type RowBlock,
} from '../../attribution/index.ts'
import { digestOf, digestText } from '../../kernel/index.ts'
import {
  nobody,
  prepareRun,
  readState,
  recipeDigest,
  recipeOf,
  runBlock,
  stateFile,
  trainingRecord,
  type Engine,
  type Run,
} from '../../models/index.ts'
import { cacheFolder } from '../../provision/index.ts'
import { queryGradients } from '../attribution/queryLosses.ts'
import { inMemory, sampleGradients } from '../attribution/sampleGradients.ts'
import type { HeldOut } from './holdOut.ts'
import { nameContributor, type Pooling } from './nameContributor.ts'

/** LoRA on the last two blocks, two passes. Short texts of few words have large gradients by nature: none stops the run. */
export const retrievalRecipe = recipeOf({
  name: 'retrieval',
  lastBlocks: 2,
  maxLength: 96,
  epochs: 2,
  poison: { action: 'stop', timesMedian: 1_000, window: 256, mostPpm: 10_000 },
})

/**
 * Who wrote the held-out texts of one Datanet, by each method: 1 for every text whose contributor it names, else 0.
 * Influence is summed over a contributor's samples, as money is; similarity takes the best sample, as search does; the best
 * sample by influence stands beside. The run and the states of the frozen blocks are kept in the user's cache.
 * Cost at 120 samples and 40 texts: 30 CPU-s the first time, most of them the frozen blocks.
 */
export async function studyDatanet(
  engine: Engine,
  { contributors, samples, queries }: HeldOut,
  say: (line: string) => void,
): Promise<Map<string, number[]>> {
  const ownerOf = samples.map(({ contributor }) => contributors.indexOf(contributor))
  const parts = { base: engine.base.digest, recipe: recipeDigest(retrievalRecipe), samples, queries }
  const dir = join(cacheFolder(), 'evals', 'retrieval', digestOf(parts).slice(2, 18))
  const withId = (kind: string) => (text: (typeof samples)[number], i: number) => ({
    id: digestText(`${kind} ${i} ${text.prompt} ${text.completion}`),
    prompt: text.prompt,
    completion: text.completion,
  })
  const run = await prepareRun({
    engine,
    dir,
    recipe: retrievalRecipe,
    samples: samples.map(withId('sample')),
    heldOut: queries.map(withId('query')),
    groupOf: ownerOf,
    variants: [nobody],
  })
  await runBlock(engine, run, { from: 0, to: run.steps })
  say(`trained ${run.steps} steps on ${samples.length} samples of ${contributors.length} contributors`)
  const { thetas } = await readState(stateFile(run, run.steps), { run: run.digest })
  const gradients = await queryGradients({ engine, run }, thetas[0]!)

  const right = new Map<string, number[]>()
  const judge = async (name: string, pooling: Pooling, scores: readonly Float64Array[]): Promise<void> => {
    const named = scores.map((own) => nameContributor(own, ownerOf, pooling))
    right.set(
      name,
      named.map((owner, q) => (contributors[owner] === queries[q]!.contributor ? 1 : 0)),
    )
  }
  const scoresOf = async (method: AttributionMethod, asked: readonly Partial<AnswerQuery>[]) => {
    const scores: Float64Array[] = []
    for (const [q, query] of asked.entries()) scores.push(await method.score({ gradient: gradients[q]!, ...query }))
    return scores
  }
  const none = queries.map(() => ({}))
  const blocks: RowBlock[] = []
  for await (const block of sampleInfluence(trainingRecord(run))) blocks.push(block)
  const unrolled = await scoresOf(hessianFree({ influence: () => blocks, samples: samples.length }), none)
  await judge('influence, Hessian-free unroll', 'sum', unrolled)
  const rows = await sampleGradients({ engine, run }, thetas[0]!)
  const kernel = await scoresOf(await fisher({ rows, samples: samples.length, parameters: run.layout.length }), none)
  await judge('influence, damped Fisher', 'sum', kernel)
  await judge('influence, damped Fisher, best sample', 'best', kernel)
  const words = [...samples, ...queries].map((text) => wordsOf(`${text.prompt}\n${text.completion}`))
  const search = bm25({ documents: words.slice(0, samples.length) })
  await judge(
    'BM25',
    'best',
    await scoresOf(
      search,
      queries.map((_, q) => ({ words: words[samples.length + q]! })),
    ),
  )
  const states = await meanStates(engine, run)
  const near = hiddenCosine({ rows: inMemory(states.slice(0, samples.length)), samples: samples.length })
  const hidden = queries.map((_, q) => ({ hidden: states[samples.length + q]! }))
  await judge('embeddings', 'best', await scoresOf(near, hidden))
  return right
}

/** Mean over a text's tokens of the base's state that enters the adapted blocks, less the mean over the samples. */
async function meanStates(engine: Engine, run: Run): Promise<Float32Array[]> {
  const width = engine.base.config.hidden_size
  const indexes = run.rows.map((_, i) => i)
  const states = await run.prefix.read(indexes)
  const means = indexes.map((i) => {
    const tokens = run.rows[i]!.ids.length
    const mean = new Float32Array(width)
    const state = states.get(i)!
    for (let at = 0; at < tokens * width; at++) mean[at % width]! += state[at]! / tokens
    return mean
  })
  const learned = run.plan.samples.length
  const centre = new Float32Array(width)
  for (const mean of means.slice(0, learned)) for (let j = 0; j < width; j++) centre[j]! += mean[j]! / learned
  return means.map((mean) => mean.map((value, j) => value - centre[j]!))
}
