import { TributaryError } from '../../kernel/index.ts'
import { packInt4, type BaseModel } from '../../models/index.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'
import type { BenchPart } from './engine/BenchContext.ts'
import { agreementPart } from './engine/agreementPart.ts'
import { contextPart } from './engine/contextPart.ts'
import { decodePart } from './engine/decodePart.ts'
import { memoryPart } from './engine/memoryPart.ts'
import { runParts } from './engine/runParts.ts'
import { singlePart } from './engine/singlePart.ts'
import { thousandPart } from './engine/thousandPart.ts'
import { togetherPart } from './engine/togetherPart.ts'
import { trainPart } from './engine/trainPart.ts'

const measures: Record<string, BenchPart> = {
  decode: decodePart,
  agreement: agreementPart,
  single: singlePart,
  thousand: thousandPart,
  context: contextPart,
  train: trainPart,
  together: togetherPart,
  memory: memoryPart,
}

export const parts = Object.keys(measures)

/**
 * The engine against what people use, on one thread: tokens a CPU-second in decoding, CPU-seconds a sample in training.
 * Peers compute with the same weights in the same run, in turns with ours; medians. CPU seconds are those of whole
 * processes, ours with all that JavaScript adds. Run it on an idle machine: each part notes the load that it met.
 */
export async function run(options: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  return runParts(measures, options, async (base, source) => ({ hasInt4: await isPacked(base, source, options.say) }))
}

/** Packs for int4; a base that did not come in Q4_1 has no such rows. */
async function isPacked(base: BaseModel, file: string, say: TableOptions['say']): Promise<boolean> {
  try {
    await packInt4({ base, file })
    return true
  } catch (error) {
    if (!(error instanceof TributaryError && error.code === 'models/int4-source')) throw error
    say(`no int4: ${error.message}`)
    return false
  }
}
