import { z } from 'zod'
import { decide } from '../decide.ts'

/** A decision of an agent, as its result tells it: what was chosen, by whom, and why. */
export const decision = decide.output.extend({ about: z.string().describe('what was to be decided') })
export type AgentDecision = z.output<typeof decision>
