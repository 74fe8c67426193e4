import { linearDatamodelingScore, predictedChanges } from '../../attribution/index.ts'
import { createEngine, openSource, recipeLayout, retrain, seededUniform, type BaseModel } from '../../models/index.ts'
import { basesFolder, resolveBase } from '../../provision/index.ts'
import type { Row } from '../renderTable.ts'
import { drawMasks } from './drawMasks.ts'
import { openProtocol, type Protocol } from './openProtocol.ts'
import { protocolRecipe } from './protocolRecipe.ts'
import { protocolTexts } from './protocolTexts.ts'
import { queryGradients, queryLosses } from './queryLosses.ts'
import { retrainMasks } from './retrainMasks.ts'
import { changesOf } from './studyLanguage.ts'
import { unrollResumably } from './unrollResumably.ts'

const maskCount = 16
const queryCount = 16
const removed = 7

/** 72 steps of 4 samples: rank 4 on q and v of the last two blocks, 16 label positions. */
const recipe = protocolRecipe({
  name: 'protocol-pretrained',
  targets: ['q_proj', 'v_proj'],
  epochs: 2,
  batch: 4,
  maxLength: 64,
  maxLabels: 16,
  learningRatePpb: 5_000_000,
  seed: 1,
})

/**
 * The protocol on the base model of the product, SmolLM2-135M, in its last blocks: whole samples, 5 % removed.
 * Cost: 10 CPU-minutes the first time, resumable.
 */
export async function pretrainedRows(say: (line: string) => void, seed: number): Promise<Row[]> {
  const base: BaseModel = await openSource({ ...(await resolveBase()), folder: basesFolder() })
  const engine = await createEngine({
    base,
    layout: recipeLayout(recipe, base.config),
    threads: 1,
    rows: 1,
    adapters: false,
  })
  try {
    const drawn = protocolTexts(1, { whole: true })
    // Of each payee's three, one or two.
    const asked = drawn.queries.map((_, q) => q).filter((q) => q % 9 < 4)
    const texts = {
      ...drawn,
      queries: asked.map((q) => drawn.queries[q]!).slice(0, queryCount),
      payeeOfQuery: asked.map((q) => drawn.payeeOfQuery[q]!).slice(0, queryCount),
    }
    const protocol: Protocol = await openProtocol(engine, { recipe, texts })
    const { run } = protocol
    const samples = texts.samples.length
    const ones = new Float32Array(samples).fill(1)
    const what = 'smollm2'
    const [theta] = await retrainMasks(protocol, [ones], { say, what, together: 4 })
    const open = async () => {
      const { thetas, paths } = await retrain(engine, run, [ones], { path: true })
      return { path: paths[0]!, queries: await queryGradients(protocol, thetas[0]!) }
    }
    const scores = await unrollResumably(protocol, 'smollm2-unroll', open, say)
    const masks = drawMasks(samples, { removed, count: maskCount, seed: 'smollm2' })
    const thetas = await retrainMasks(protocol, masks, { say, what, together: 4 })
    const [start, reference, ...losses] = await queryLosses(protocol, [
      new Float32Array(run.layout.length),
      theta!,
      ...thetas,
    ])
    const study = {
      predicted: scores.map((own) => predictedChanges(own, masks)),
      actual: changesOf(losses, reference!),
    }
    const { mean, lower90, queries } = linearDatamodelingScore([study], {
      uniform: seededUniform(`bootstrap ${seed} smollm2`),
    })
    const figure = 'lds smollm2 last blocks 5 %'
    return [
      {
        figure,
        value: mean,
        unit: `Spearman, ${queries} queries, ${maskCount} masks`,
        goal: '>= .90',
        met: mean >= 0.9,
      },
      { figure: `${figure}, lower 90 % bound`, value: lower90, unit: 'bootstrap over queries and masks' },
      { figure: 'loss of the queries, smollm2 without an adapter', value: meanOf(start!), unit: 'nats' },
      { figure: 'loss of the queries, smollm2 by this recipe', value: meanOf(reference!), unit: 'nats' },
    ]
  } finally {
    await engine.close()
  }
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
