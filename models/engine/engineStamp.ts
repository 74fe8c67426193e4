import { createRequire } from 'node:module'
import { z } from 'zod'
import { digestBytes, digestOf, type AttestedStamp, type Digest } from '../../kernel/index.ts'
import { cpuClass } from './cpuClass.ts'

const packageSchema = z.object({ version: z.string() })

type Computed = {
  graphs: Record<string, Uint8Array>
  /** sha-256 of the float32 weights. */
  weights: Digest
  /** sha-256 of the packed weights, where answers come from those. */
  int4?: Digest
}

/**
 * What computed the bits: runtime and its version, class of processor, the three graphs, the weights.
 * Only float32 is attested; a stamp of 4-bit answers says so in its runtime, and differs in every digest.
 */
export function engineStamp({ graphs, weights, int4 }: Computed): AttestedStamp {
  const { version } = packageSchema.parse(createRequire(import.meta.url)('onnxruntime-node/package.json'))
  const digests = Object.entries(graphs).map(([name, bytes]) => [name, digestBytes(bytes)] as const)
  return {
    runtime: `onnxruntime-node ${version}${int4 ? ', int4 answers, not attested' : ''}`,
    cpu: cpuClass(),
    graph: digestOf(Object.fromEntries(digests)),
    weights: int4 ? digestOf({ weights, int4 }) : weights,
  }
}
