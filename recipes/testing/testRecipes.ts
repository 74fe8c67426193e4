import { z } from 'zod'
import { checkRecipe, readYaml, refuseProblems, type Checked, type RecipeSource } from '../index.ts'
import type { RecipeRun } from '../running/index.ts'

const output = z.object({ n: z.int(), items: z.array(z.string()) })

/** Small tools: `note` writes its name down and gives `n + 1`; `refuse` does so and fails; `linger` heartbeats until it is stopped. */
export const testTools = {
  note: {
    summary: 'note',
    input: z.object({ name: z.string(), n: z.int().default(0), ms: z.int().default(0) }),
    output,
  },
  refuse: { summary: 'refuse', input: z.object({ name: z.string() }), output },
  linger: { summary: 'linger', input: z.object({ name: z.string() }), output },
}
const agents = { child: { summary: 'child', input: z.object({ until: z.int() }), output: z.object({ n: z.int() }) } }

/** A recipe over the small tools, checked; recipes that it calls are given by their names. */
export function testRecipe(yaml: string, others: Record<string, string> = {}): Checked {
  const head = (text: string, name: string) => `recipe: ${name}\nsummary: s\n${text}`
  const read = (text: string, name: string) => readYaml(head(text, name), name) as RecipeSource
  const recipe = (name: string) => (others[name] === undefined ? undefined : read(others[name], name))
  const { checked, problems } = checkRecipe(read(yaml, 'mine'), { tools: testTools, agents, recipe })
  return checked ?? refuseProblems('mine', problems)
}

export function runOf({ document, digest }: Checked, input: Record<string, unknown> = {}): RecipeRun {
  return { document, digest, input, cause: { by: 'hand' } }
}

/** Four steps that are each taken back, and a fifth that fails: nine effects in all. */
export const failing = testRecipe(`
steps:
  - { id: a, tool: note, with: { name: a }, undo: { tool: note, with: { name: undo a } } }
  - parallel:
      - { id: b, tool: note, with: { name: b, n: "\${steps.a.n}" }, undo: { tool: note, with: { name: undo b } } }
  - { id: c, tool: note, foreach: "\${steps.b.items}", with: { name: "c \${item}" }, undo: { tool: note, with: { name: "undo c \${item}" } } }
  - { id: d, tool: refuse, with: { name: d }, undo: { tool: note, with: { name: undo d } } }
`)
