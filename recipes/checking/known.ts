import type { z } from 'zod'
import type { Digest } from '../../kernel/index.ts'
import type { RecipeSource } from '../reading/problem.ts'
import type { RecipeDocument } from '../running/index.ts'

/** What a step may call: its schemas say what it takes and gives. */
export type Contract = { summary: string; input: z.ZodType; output: z.ZodType }

/** A recipe that was checked, with the digest of its document. */
export type Checked = { document: RecipeDocument; digest: Digest }

/** What recipes can name. `recipe` gives one by its name: checked before, or still a source. */
export type Known = {
  tools: Readonly<Record<string, Contract>>
  agents: Readonly<Record<string, Contract>>
  recipe: (name: string) => Checked | RecipeSource | undefined
}
