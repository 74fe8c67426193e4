import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalText, digestBytes, digestText, optimiserStep, type Digest } from '../../kernel/index.ts'
import { initialAdapter } from '../adapters/Adapter.ts'
import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import { encodePeft, peftDigest } from '../adapters/encodePeft.ts'
import { seededNormal, type LlamaConfig } from '../graph/index.ts'
import { seededUniform } from '../serve/seededUniform.ts'
import { batchOrder } from '../train/batchOrder.ts'
import { chooseStep } from '../train/chooseStep.ts'
import { encodeRow } from '../train/EncodedRow.ts'
import { gradientBound, gradientNorm } from '../train/gradientBound.ts'
import { learningRate, optimiserOf, recipeLayout, recipeOf, type Recipe } from '../train/recipe.ts'
import { recordDir } from '../train/runFiles.ts'
import { writeRecordedStep } from '../train/recordedStep.ts'
import { initialState, writeState } from '../train/trainingState.ts'

const tiny: LlamaConfig = {
  hidden_size: 32,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 16,
  intermediate_size: 48,
  vocab_size: 272,
  rms_norm_eps: 1e-5,
  max_position_embeddings: 512,
  rope_theta: 10_000,
}
const small: LlamaConfig = { ...tiny, hidden_size: 576, num_hidden_layers: 30, num_attention_heads: 9 }
const smollm2: LlamaConfig = { ...small, num_key_value_heads: 3, head_dim: 64, intermediate_size: 1_536 }

/**
 * Values of this side that the Python side must reproduce: equal where they are integers, digests or float32 bits, and to
 * one unit in the last place where they are float64. Shapes and sizes are those of real runs.
 */
export async function golden(): Promise<object> {
  return {
    canonical: [
      { b: [1, -2, true, null], a: { z: 'é "\\\n\u0001', 'ab-c': '' } },
      [],
      { steps: 9_007_199_254_740_991 },
    ].map((value) => ({ value, text: canonicalText(value), digest: digestText(canonicalText(value)) })),
    uniform: ['order 1 0', 'order 7 3', ''].map((seed) => {
      const next = seededUniform(seed)
      return { seed, words: Array.from({ length: 6 }, () => next() * 2 ** 32) }
    }),
    normal: [1, 7, 4_294_967_295].map((seed) => {
      const next = seededNormal(seed)
      return { seed, float32: hex(Float32Array.from({ length: 8 }, () => next())) }
    }),
    order: [
      { samples: 10, epochs: 3, batch: 4, seed: 5 },
      { samples: 33, epochs: 2, batch: 16, seed: 1 },
    ].map((plan) => ({ plan, steps: batchOrder(plan).map((step) => Array.from(step)) })),
    rows: [
      { prompt: [5], answer: [6] },
      { prompt: [1, 2, 3], answer: [4, 5, 6, 7] },
    ].map((text) => {
      const { ids, labels, paddedLength } = encodeRow(text.prompt, text.answer)
      return { text, ids: Array.from(ids), labels: Array.from(labels), paddedLength }
    }),
    rates: (['linear', 'cosine', 'none'] as const).map((decay) => {
      const recipe = recipeOf({ decay })
      const rates = [7, 40].map((steps) => Array.from({ length: steps }, (_, t) => learningRate(recipe, t, steps)))
      return { recipe, rates }
    }),
    chosen: [
      { patience: 2, minGainMicroNats: 10, keep: 'best' as const },
      { patience: 0, minGainMicroNats: 0, keep: 'last' as const },
    ].flatMap((settings) =>
      [[], [900], [900, 700, 695, 692], [900, 700, 700, 600]].map((losses) => {
        const looks = losses.map((lossMicroNats, i) => ({ step: 4 * i, lossMicroNats }))
        return { settings, looks, lastStep: 12, ...chooseStep(looks, settings, 12) }
      }),
    ),
    bounds: [5, 16, 31].map((count) => {
      const norms = Array.from({ length: count }, (_, i) => (7_919 * i) % 1_000)
      return { norms, timesMedian: 30, bound: gradientBound({ timesMedian: 30 }, norms.slice(0, 4), norms.slice(4)) }
    }),
    norm: normOf(Float32Array.of(0.5, -0.25, 1e-3)),
    adam: steps(recipeOf()),
    sgd: steps(recipeOf({ sgdMomentumPpm: 900_000 })),
    layouts: await Promise.all([
      layout('tiny', tiny, recipeOf({ rank: 2, alpha: 4, lastBlocks: 2, seed: 3 })),
      layout('tiny', tiny, recipeOf({ rank: 3, lastBlocks: 'all', targets: ['down_proj', 'k_proj', 'o_proj'] })),
      layout('smollm2', smollm2, recipeOf()),
    ]),
    record: await record(),
  }
}

function normOf(gradient: Float32Array): object {
  return { gradient: hex(gradient), norm: gradientNorm({ lossNats: 1, gradient }) }
}

function steps(recipe: Recipe): object {
  const normal = seededNormal(9)
  const vector = (): Float32Array => Float32Array.from({ length: 16 }, () => normal())
  const theta = vector()
  const moments = { first: new Float32Array(16), second: new Float32Array(16) }
  const start = hex(theta)
  const done = Array.from({ length: 5 }, (_, step) => {
    const gradient = vector()
    const rate = learningRate(recipe, step, 5)
    optimiserStep({ theta, ...moments }, gradient, optimiserOf(recipe), { step, learningRate: rate })
    return { gradient: hex(gradient), rate, theta: hex(theta), first: hex(moments.first), second: hex(moments.second) }
  })
  return { recipe, start, steps: done }
}

async function layout(name: string, config: LlamaConfig, recipe: ReturnType<typeof recipeOf>): Promise<object> {
  const where: AdapterLayout = recipeLayout(recipe, config)
  const adapter = initialAdapter(where, recipe.seed)
  const peft = encodePeft(adapter, { baseName: name })
  const run = digestText('a run')
  const skipped = [{ step: 2, sample: 1 }]
  const state = await inFolder((dir) =>
    writeState(join(dir, 'state.bin'), {
      ...initialState(run, where, { variants: 2, seed: recipe.seed, skipped }),
      lossesMicroNats: [1, -2],
      validation: [{ step: 0, lossMicroNats: 3 }],
      norms: [4],
    }),
  )
  return {
    name,
    config,
    recipe,
    parameters: where.length,
    theta: digestBytes(new Uint8Array(adapter.theta.buffer)),
    peft: { weights: digestBytes(peft.weights), config: digestBytes(peft.config), digest: peftDigest(peft) },
    state: { run, skipped, digest: state },
  }
}

async function record(): Promise<object> {
  const gradients = Float32Array.from({ length: 6 }, (_, i) => i / 4)
  const step = { learningRate: 0.06, sampleIndexes: [3, -1], batchGradient: [0.5, 1, 2], gradients: [...gradients] }
  const digest = await inFolder(async (dir): Promise<Digest> => {
    await writeRecordedStep(recordDir({ dir }), 4, {
      learningRate: step.learningRate,
      sampleIndexes: Int32Array.from(step.sampleIndexes),
      batchGradient: Float32Array.from(step.batchGradient),
      gradients,
    })
    return digestBytes(await readFile(join(recordDir({ dir }), 'step-4.bin')))
  })
  return { ...step, digest }
}

async function inFolder<Result>(work: (dir: string) => Promise<Result>): Promise<Result> {
  const dir = await mkdtemp(join(tmpdir(), 'golden-'))
  try {
    return await work(dir)
  } finally {
    await rm(dir, { recursive: true })
  }
}

function hex({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex')
}
