import { createRequire } from 'node:module'
import { z } from 'zod'
import { digestBytes, digestOf, type Digest, type EngineStamp } from '../../kernel/index.ts'
import { cpuClass } from './cpuClass.ts'

const packageSchema = z.object({ version: z.string() })

/** What computed the bits: runtime and its version, class of processor, the three graphs, the weights. */
export function engineStamp(graphs: Record<string, Uint8Array>, weights: Digest): EngineStamp {
  const { version } = packageSchema.parse(createRequire(import.meta.url)('onnxruntime-node/package.json'))
  const digests = Object.entries(graphs).map(([name, bytes]) => [name, digestBytes(bytes)] as const)
  return {
    runtime: `onnxruntime-node ${version}`,
    cpu: cpuClass(),
    graph: digestOf(Object.fromEntries(digests)),
    weights,
  }
}
