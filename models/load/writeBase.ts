import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { checkConfig } from '../graph/index.ts'
import { baseFiles, type BaseManifest } from './baseManifest.ts'
import { checkWeights, isForgotten } from './checkWeights.ts'
import { fileDigest } from './fileDigest.ts'
import { safetensorsHeader } from './safetensorsHeader.ts'
import { createTokenizer } from './Tokenizer.ts'
import { indexFile } from './weightFiles.ts'
import type { SourceTensor, WeightSource } from './weightSource.ts'

/** Bytes of float32 weights written, and of how many. */
export type Converted = { done: number; of: number }

export type MadeFrom = {
  name: string
  source: readonly Digest[]
  onProgress?: ((progress: Converted) => void) | undefined
}

/**
 * Writes the files of a base folder into `draft`, which exists. All that can be refused before weights are read is
 * refused before; a few rows of a tensor at a time are in memory.
 * Throws what is wrong with the model.
 */
export async function writeBase(source: WeightSource, draft: string, made: MadeFrom): Promise<void> {
  checkConfig(source.config)
  const tensors = new Map(source.tensors.map((tensor) => [tensor.name, tensor]))
  checkWeights(source.config, tensors, made.name)
  createTokenizer(source.tokenizer, source.tokenizerConfig)
  const kept = source.tensors.filter(({ name }) => !isForgotten(name))
  const of = kept.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0)
  let done = 0
  const weights = await open(join(draft, baseFiles.weights), 'w')
  try {
    // On a page boundary, so that the runtime can map the tensors.
    await weights.writeFile(safetensorsHeader(kept.map(plain), { alignment: 4_096, metadata: { format: 'pt' } }))
    for (const tensor of kept) {
      let at = 0
      for (const data of tensor.pieces()) {
        checkFinite(data, { tensor: tensor.name, from: at, model: made.name })
        await weights.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
        at += data.length
        done += data.byteLength
        made.onProgress?.({ done, of })
      }
    }
    await weights.sync()
  } finally {
    await weights.close()
  }
  // By this index, transformers opens the folder as it is; weights under another name it would not find.
  const index = {
    metadata: { total_size: of },
    weight_map: Object.fromEntries(kept.map(({ name }) => [name, baseFiles.weights])),
  }
  await writeFile(join(draft, indexFile), `${JSON.stringify(index)}\n`)
  await writeFile(join(draft, baseFiles.config), `${JSON.stringify(source.config, null, 2)}\n`)
  await writeFile(join(draft, baseFiles.tokenizer), `${JSON.stringify(source.tokenizer)}\n`)
  await writeFile(join(draft, baseFiles.tokenizerConfig), `${JSON.stringify(source.tokenizerConfig, null, 2)}\n`)
  const digestOfFile = (name: string): Promise<Digest> => fileDigest(join(draft, name))
  const manifest: BaseManifest = {
    v: 1,
    name: made.name,
    source: [...made.source],
    weights: await digestOfFile(baseFiles.weights),
    config: await digestOfFile(baseFiles.config),
    tokenizer: await digestOfFile(baseFiles.tokenizer),
    tokenizerConfig: await digestOfFile(baseFiles.tokenizerConfig),
  }
  await writeFile(join(draft, baseFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Float32 whatever it was stored as. */
const plain = ({ name, shape }: SourceTensor) => ({ name, shape })

function checkFinite(
  data: Float32Array,
  { tensor, from, model }: { tensor: string; from: number; model: string },
): void {
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return
  throw new TributaryError(`Tensor ${tensor} holds a number that is not finite.`, {
    code: 'models/not-finite',
    facts: { model, tensor, at: from + bad },
    tryThis: 'fetch the model again; if it is the same, its weights are broken',
  })
}
