import { z } from 'zod'
import { digestString } from '../../kernel/index.ts'

/** The files of a base folder. */
export const baseFiles = {
  weights: 'weights.safetensors',
  config: 'config.json',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
  manifest: 'base.json',
} as const

/** base.json: sha-256 of what the folder was made from and of each file in it. The model's digest is that of its files. */
export const baseManifestSchema = z.object({
  v: z.literal(1),
  name: z.string().min(1),
  source: z.array(digestString).min(1),
  weights: digestString,
  config: digestString,
  tokenizer: digestString,
  tokenizerConfig: digestString,
})
export type BaseManifest = z.infer<typeof baseManifestSchema>
