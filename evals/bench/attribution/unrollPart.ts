import { join } from 'node:path'
import {
  counterfactualDeltas,
  feeWeightedGradient,
  packDelta,
  parameterImportance,
  unroll,
} from '../../../attribution/index.ts'
import { digestText } from '../../../kernel/index.ts'
import {
  createEngine,
  encodeRow,
  gradientOracle,
  nobody,
  openPath,
  prepareRun,
  readState,
  recipeLayout,
  recipeOf,
  retrain,
  runBlock,
  stateFile,
  writePath,
} from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import type { BenchContext } from '../engine/BenchContext.ts'
import { passages } from '../engine/benchText.ts'
import { cpuSecondsOf } from '../engine/cpuSeconds.ts'
import { judged } from '../engine/judged.ts'

const samplesCount = 32
const groupsCount = 8
const answers = 4

/**
 * The exact unroll in training runs: CPU seconds over those of training the same adapter again (retrain), without the
 * gradients of the answers, which their receipts had. An epoch's averaged adjoint takes central differences, the audit of one
 * answer mixed ones. And the bytes of a packed counterfactual adapter over those of the adapter, from the same run.
 * 32 samples of at most 128 tokens, two epochs of the recipe quick, 8 groups.
 */
export async function unrollPart({ base, dir, say }: BenchContext): Promise<Row[]> {
  const recipe = recipeOf()
  const layout = recipeLayout(recipe, base.config)
  const engine = await createEngine({ base, threads: 1, layout })
  const texts = passages(base, samplesCount + answers, 140).map((ids, i) => ({
    id: digestText(`bench sample ${i}`),
    prompt: base.tokenizer.decode(ids.slice(0, 90)),
    completion: base.tokenizer.decode(ids.slice(90)),
  }))
  const run = await prepareRun({
    engine,
    dir: join(dir, 'unrolled'),
    recipe,
    samples: texts.slice(0, samplesCount),
    heldOut: texts.slice(samplesCount),
    groupOf: Array.from({ length: samplesCount }, (_, i) => i % groupsCount),
    variants: [nobody, 0],
  })
  say(`${run.steps} steps of training: minutes`)
  await runBlock(engine, run, { from: 0, to: run.steps })
  const training = await cpuSecondsOf(() => retrain(engine, run, [new Float32Array(samplesCount).fill(1)]))
  const file = join(dir, 'path.bin')
  await writePath(run, run.steps, file)
  const path = await openPath(run, file)
  const { thetas } = await readState(stateFile(run, run.steps), { run: run.digest })
  const encoded = passages(base, answers, 128).map((ids) => encodeRow(ids.slice(0, 96), ids.slice(96)))
  const hidden = await engine.prefixStates(encoded, layout)
  const gradients = (
    await engine.rowGradients(
      encoded.map((row, i) => ({ row, hidden: hidden[i]!, adapter: 0 })),
      [thetas[0]!],
      layout,
    )
  ).map(({ gradient }) => gradient)
  const epoch = feeWeightedGradient(
    gradients,
    gradients.map((_, i) => BigInt(i + 1)),
  )
  const oracle = gradientOracle(engine, run)
  const costOf = (query: Float32Array, difference: 'central' | 'mixed'): Promise<number> => {
    say(`${difference} unroll of ${run.steps} steps: minutes`)
    return cpuSecondsOf(() => unroll(path, oracle, [query], { difference }))
  }
  const central = await costOf(epoch, 'central')
  const mixed = await costOf(gradients[0]!, 'mixed')
  const importance = await parameterImportance(path)
  await path.close()
  await engine.close()
  const deltas = thetas.slice(1).map((without) => counterfactualDeltas(thetas[0]!, [without]))
  const packed = deltas.reduce((bytes, delta) => bytes + packDelta(delta, { importance }).length, 0) / deltas.length
  const runs = (figure: string, seconds: number, most: number): Row =>
    judged({ figure, value: seconds / training, unit: 'training runs' }, { of: 'value', most })
  return [
    { figure: 'one training run of the unroll costs', value: training, unit: 'CPU-s' },
    runs('epoch adjoint cost (training runs, gradients of the answers apart)', central, 2.2),
    runs('audit unroll cost (training runs per answer)', mixed, 1.5),
    judged(
      { figure: 'bytes per payee over bytes of the adapter', value: packed / (4 * layout.length), unit: 'of all' },
      { of: 'value', most: 0.1 },
    ),
  ]
}
