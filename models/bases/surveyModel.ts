import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import { checkConfig, contextLimit, llamaTensors } from '../graph/index.ts'
import { checkWeights } from '../load/checkWeights.ts'
import { findSource, type FoundSource } from '../load/findSource.ts'
import { parseConfig } from '../load/parseConfig.ts'
import { readJsonFile } from '../load/readJsonFile.ts'
import { createTokenizer } from '../load/Tokenizer.ts'
import { unsupportedTraits, type Trait } from '../load/unsupportedTraits.ts'
import type { WeightSource } from '../load/weightSource.ts'
import { memoryNeeds, type MemoryNeeds } from './memoryNeeds.ts'

/** What is to be known of a model before it is added. Sizes are bytes. */
export type ModelSurvey = {
  from: string
  /** Each thing that stands against it, with what it would take; none: it can be added. */
  problems: Trait[]
  /** What the files say of themselves, as far as it can be read. */
  kind?: string
  parameters?: number
  contextTokens?: number
  /** How the numbers are stored, by their share of the tensors. */
  formats?: string[]
  sourceBytes: number
  /** The base folder: float32 weights and the tokenizer. */
  baseBytes?: number
  memory?: MemoryNeeds
  /** Whether packing for 4 bits without loss is possible, and why not. */
  int4?: string
}

/**
 * Looks at a model folder or file and says whether it can be served, differentiated and trained, and what that costs.
 * Reads headers, config and tokenizer, no weights. Throws models/base-missing, models/shards where there is nothing to
 * look at.
 */
export async function surveyModel(from: string, chatTemplate?: string): Promise<ModelSurvey> {
  const found = await findSource(from, chatTemplate)
  const sizes = await Promise.all(found.files.map(async (file) => (await stat(join(found.dir, file))).size))
  const survey: ModelSurvey = { from: basename(from), problems: [], sourceBytes: sizes.reduce((a, b) => a + b, 0) }
  if (!found.files[0]?.endsWith('.gguf')) survey.problems.push(...traitsOf(found))
  if (survey.problems.length > 0) return survey
  let source: WeightSource | undefined
  try {
    source = found.open()
    return { ...survey, ...(await describe(source, survey.from)) }
  } catch (failure) {
    return { ...survey, problems: [problemOf(failure)] }
  } finally {
    source?.close()
  }
}

function traitsOf({ dir }: FoundSource): Trait[] {
  try {
    const json = readJsonFile(join(dir, 'config.json'))
    const traits = unsupportedTraits(json)
    // Named one by one where they are known; a field that makes no sense is the reader's to tell.
    if (traits.length === 0) parseConfig(json, join(dir, 'config.json'))
    return traits
  } catch (failure) {
    return [problemOf(failure)]
  }
}

async function describe(source: WeightSource, name: string): Promise<Partial<ModelSurvey>> {
  const { config, tensors } = source
  const shapes = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  checkConfig(config)
  checkWeights(config, shapes, name)
  createTokenizer(source.tokenizer, source.tokenizerConfig)
  const tied = !shapes.has('lm_head.weight')
  const numbers = [...llamaTensors(config, { tied }).values()].map((shape) => shape.reduce((a, b) => a * b, 1))
  const parameters = numbers.reduce((a, b) => a + b, 0)
  const formats = [...new Set(tensors.map(({ dtype }) => dtype))]
  return {
    kind: config.model_type,
    parameters,
    contextTokens: contextLimit(config),
    formats,
    baseBytes: 4 * parameters,
    memory: memoryNeeds(config, tied),
    int4: formats.includes('Q4_1') ? 'possible' : 'needs a GGUF in Q4_1',
  }
}

function problemOf(failure: unknown): Trait {
  if (!(failure instanceof TributaryError)) throw failure
  const facts = Object.entries(failure.facts ?? {}).filter(([name]) => name !== 'file' && name !== 'dir')
  const value = facts.map(([name, fact]) => `${name} ${String(fact)}`).join(', ')
  return {
    trait: failure.code,
    value: `${failure.message} ${value}`.trim().slice(0, 400),
    needs: failure.tryThis ?? '',
  }
}
