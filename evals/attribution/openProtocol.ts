import { join } from 'node:path'
import { digestOf } from '../../kernel/index.ts'
import {
  createEngine,
  prepareRun,
  recipeDigest,
  recipeLayout,
  type Engine,
  type Recipe,
  type Run,
} from '../../models/index.ts'
import { cacheFolder } from '../../provision/index.ts'
import { openSmallModel } from './openSmallModel.ts'
import { protocolRecipe } from './protocolRecipe.ts'
import { protocolTexts, type ProtocolTexts } from './protocolTexts.ts'

/** One training run of the protocol, and all that is asked about it. */
export type Protocol = { engine: Engine; run: Run; texts: ProtocolTexts }

/** The small model in an engine of one thread, with the layout of the protocol's recipe. Close it. */
export async function openProtocolEngine(say: (line: string) => void): Promise<Engine> {
  const base = await openSmallModel(say)
  return createEngine({ base, layout: recipeLayout(protocolRecipe(), base.config), threads: 1, rows: 1 })
}

/**
 * The protocol's run for one draw of the data: prepared, not trained. `run.rows` holds the samples, then the queries; its
 * variants are the main adapter and, as groups, the twelve payees.
 * What belongs to it lies in `run.dir`, in the user's cache under the digest of everything that decides it.
 * `texts` and `recipe` may be replaced, for an attack or another seed: then it is another run.
 */
export async function openProtocol(
  engine: Engine,
  {
    dataSeed = 1,
    recipe = protocolRecipe({ seed: dataSeed }),
    texts = protocolTexts(dataSeed),
  }: { dataSeed?: number; recipe?: Recipe; texts?: ProtocolTexts } = {},
): Promise<Protocol> {
  const parts = { base: engine.base.digest, recipe: recipeDigest(recipe), ...texts }
  const dir = join(cacheFolder(), 'evals', 'attribution', digestOf(parts).slice(2, 18))
  const run = await prepareRun({
    engine,
    dir,
    recipe,
    samples: texts.samples,
    heldOut: texts.queries,
    groupOf: texts.payeeOfSample,
  })
  return { engine, run, texts }
}
