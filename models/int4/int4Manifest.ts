import { z } from 'zod'
import { digestString } from '../../kernel/index.ts'

/** The files of 4-bit serving in a base folder: external data of a graph must lie in one folder. */
export const int4Files = { blocks: 'int4.safetensors', manifest: 'int4.json' } as const

/** int4.json: sha-256 of the GGUF, of the float32 weights made from it, and of the packed file. */
export const int4ManifestSchema = z.object({
  v: z.literal(1),
  source: digestString,
  weights: digestString,
  blocks: digestString,
})
export type Int4Manifest = z.infer<typeof int4ManifestSchema>
