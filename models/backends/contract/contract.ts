import { readFileSync } from 'node:fs'
import { z } from 'zod'

export const exchangeSchema = z.object({
  request: z.object({
    method: z.enum(['GET', 'POST']),
    path: z.string(),
    body: z.record(z.string(), z.unknown()).optional(),
  }),
  response: z.object({ status: z.int(), contentType: z.string().optional(), body: z.string() }),
})
export type Exchange = z.infer<typeof exchangeSchema>

export const contractSchema = z.object({
  engine: z.string().describe('name and version, as it said them'),
  recordedAt: z.iso.date(),
  how: z.string(),
  /** The adapter of the exchanges, and the prompt of all completions. */
  adapter: z.string(),
  promptIds: z.array(z.int()),
  exchanges: z.record(z.string(), exchangeSchema),
})
export type Contract = z.infer<typeof contractSchema>

export const contractFile = new URL('./vllm.json', import.meta.url)

/** What a real engine said, word for word, but for the names of folders (recordContract.ts). */
export function readContract(): Contract {
  return contractSchema.parse(JSON.parse(readFileSync(contractFile, 'utf8')))
}
