import { z } from 'zod'
import type { ToolContext } from '../context.ts'
import { uncertainSample } from '../checkSamples.ts'

/** What a curation asks a person, as its graph does. */
const asked = z.object({
  id: z.string(),
  value: z.object({ datanet: z.string(), uncertain: z.array(uncertainSample) }),
})
export type Asked = z.output<typeof asked>

/** The question that a curation waits with; undefined where it asks nobody. */
export async function askedOf({ workflows }: Pick<ToolContext, 'workflows'>, workflow: string): Promise<Asked | undefined> {
  const pending = z.array(asked).safeParse(await workflows.query(workflow, 'graphInterrupts'))
  return pending.data?.[0]
} // prettier-ignore
