import { join } from 'node:path'
import { digestText } from '../../../kernel/index.ts'
import { createEngine, prepareRun, recipeLayout, recipeOf, runBlock, type Engine } from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import type { BenchContext } from './BenchContext.ts'
import { passages } from './benchText.ts'
import { cpuSecondsOf } from './cpuSeconds.ts'
import { interleaved } from './interleaved.ts'
import { judged } from './judged.ts'

const groups = 8
const samplesCount = 16
const rounds = 2

/**
 * 8 counterfactual adapters of the default recipe, each without one of 8 payee groups, on 16 samples in one epoch: trained
 * in one run, against 8 runs of one. A run of its own has to compute the states of the frozen blocks for itself.
 */
export async function togetherPart(context: BenchContext): Promise<Row[]> {
  const { base, say } = context
  const recipe = recipeOf({ epochs: 1 })
  const engine = await createEngine({ base, threads: 1, layout: recipeLayout(recipe, base.config) })
  const all = Array.from({ length: groups }, (_, group) => group)
  let run = 0
  const train = async (variants: number[]): Promise<void> => trainOnce(context, engine, variants, `run-${run++}`)
  say(`${groups} counterfactual adapters, together and one by one, ${rounds} rounds in turns`)
  const found = await interleaved(rounds, {
    together: () => cpuSecondsOf(() => train(all)),
    single: () =>
      cpuSecondsOf(async () => {
        for (const group of all) await train([group])
      }),
  })
  await engine.close()
  const row = {
    figure: `K counterfactual adapters trained together over one by one, K = ${groups}`,
    value: found.together,
    unit: 'CPU-s',
    peer: 'one by one',
    peerValue: found.single,
  }
  return [judged(row, { of: 'ratio', most: 0.8 })]
}

async function trainOnce(context: BenchContext, engine: Engine, variants: number[], name: string): Promise<void> {
  const { base, dir } = context
  const texts = passages(base, samplesCount, 140).map((ids, i) => ({
    id: digestText(`bench sample ${i}`),
    prompt: base.tokenizer.decode(ids.slice(0, 90)),
    completion: base.tokenizer.decode(ids.slice(90)),
  }))
  const run = await prepareRun({
    engine,
    dir: join(dir, name),
    recipe: recipeOf({ epochs: 1 }),
    samples: texts,
    heldOut: texts.slice(0, 1),
    groupOf: texts.map((_, i) => i % groups),
    variants,
  })
  await runBlock(engine, run, { from: 0, to: run.steps })
}
