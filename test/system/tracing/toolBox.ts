import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { TributaryError } from '../../../kernel/index.ts'
import { bindTool, defineTool, traceModel } from '../../../tools/index.ts'
import type { BoundTool, CallContext } from '../../../tools/index.ts'

const offer = z.object({ item: z.string(), file: z.string() })
const settings = { output: z.object({ said: z.string() }) }

/** Reads; its first attempt finds nobody. */
const look = defineTool({ name: 'look', summary: 'Look.', effect: 'read', input: offer, ...settings })
/** Asks a model of others, which is a function here. */
const think = defineTool({ name: 'think', summary: 'Think.', effect: 'write', input: offer, ...settings })
const pay = defineTool({
  name: 'pay',
  summary: 'Pay.',
  effect: 'spend',
  input: offer.extend({ wei: z.string().regex(/^\d+$/) }),
  mostWei: ({ wei }) => wei,
  ...settings,
})
/** A model of others: says what the test wants it to say. */
const chat = defineTool({
  name: 'chat',
  summary: 'Chat.',
  effect: 'read',
  input: z.object({ reply: z.string() }),
  ...settings,
})
const send = defineTool({
  name: 'send',
  summary: 'Start a workflow.',
  effect: 'write',
  input: z.object({ workflow: z.string(), file: z.string() }),
  ...settings,
})

/** Writes to the file that it began, and again that it ended; a kill comes between the two. */
async function journal(file: string, step: string, work: () => Promise<string>): Promise<{ said: string }> {
  appendFileSync(file, `start ${step}\n`)
  const said = await work()
  await sleep(Number(process.env['STEP_MS'] ?? 0))
  appendFileSync(file, `end ${step}\n`)
  return { said }
}

const placeOf = ({ origin }: CallContext) => `${origin!.workflow} ${origin!.step}`

const attempts = new Map<string, number>()

/** Tools for the tests of traces and approvals: small, and each through the real door. */
export const toolBox: readonly BoundTool[] = [
  bindTool(look, ({ item, file }, { call }) =>
    journal(file, placeOf(call), async () => {
      const tried = (attempts.get(call.effectKey!) ?? 0) + 1
      attempts.set(call.effectKey!, tried)
      if (tried === 1 && item === 'shy') throw new TributaryError('Nobody is there.', { code: 'test/shy', retry: true })
      return `a ${item}`
    }),
  ),
  bindTool(think, ({ item, file }, ctx) =>
    journal(file, placeOf(ctx.call), async () => {
      const prompt = `Is ${item} worth its price?`
      const reply = await traceModel(ctx, { provider: 'a provider', model: 'small-1', prompt }, async () => ({
        output: 'yes, of course',
        inputTokens: 7,
        outputTokens: 3,
        costWei: 5n,
      }))
      return reply.output
    }),
  ),
  bindTool(pay, ({ item, wei, file }, { call }) =>
    journal(file, placeOf(call), async () => {
      call.line?.note({ costWei: BigInt(wei), policy: 'under-budget/1' })
      return `paid for ${item}`
    }),
  ),
  bindTool(chat, async ({ reply }) => ({ said: reply })),
  bindTool(send, ({ workflow, file }, { call, workflows }) =>
    journal(file, placeOf(call), async () => {
      await workflows.start(workflow, `${call.run}/sent`, [{ file }])
      return workflow
    }),
  ),
]
