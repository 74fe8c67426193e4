import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Digest } from '../../kernel/index.ts'
import type { Adapter } from './Adapter.ts'
import { encodePeft, peftDigest } from './encodePeft.ts'

export const peftFiles = { weights: 'adapter_model.safetensors', config: 'adapter_config.json' } as const

/**
 * Writes a folder that PEFT's `PeftModel.from_pretrained` opens. Atomic: the folder is whole or absent; one that is
 * already there is replaced.
 */
export async function writePeft(
  adapter: Adapter,
  dir: string,
  options: { baseName: string },
): Promise<{ digest: Digest; dir: string }> {
  const files = encodePeft(adapter, options)
  const draft = `${dir}.draft-${process.pid}`
  await mkdir(dirname(dir), { recursive: true })
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft)
  await writeFile(join(draft, peftFiles.weights), files.weights, { flush: true })
  await writeFile(join(draft, peftFiles.config), files.config, { flush: true })
  if (existsSync(dir)) await rm(dir, { recursive: true, force: true })
  await rename(draft, dir)
  return { digest: peftDigest(files), dir }
}
