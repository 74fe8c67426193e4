import { existsSync } from 'node:fs'
import { activityInfo, heartbeat, sleep } from '@temporalio/activity'
import { AIMessage, type BaseMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { Command } from '@langchain/langgraph'
import { ToolNode } from '@langchain/langgraph/prebuilt'
import { z } from 'zod'
import { emit, interrupt } from '../activity/index.ts'

const add = tool(({ a, b }) => String(a + b), {
  name: 'add',
  description: 'Adds two numbers.',
  schema: z.object({ a: z.number(), b: z.number() }),
})
const toolNode = new ToolNode([add])

/** Tools for the graphs of featureGraphs.ts. */
export const featureActivities = {
  classify: async ({ text }: { text: string }) => {
    const kind = text.length < 5 ? 'short' : 'long'
    return new Command({ update: { kind, way: ['classified'] }, goto: kind })
  },
  leave: async () => new Command({ graph: Command.PARENT, update: { way: ['left'] }, goto: 'last' }),

  clerk: async ({ person }: { person: string }, step: string) => {
    emit(`${person} is greeted`)
    const name = interrupt<string>(`${person}, your name?`)
    emit(`${name} is asked again`)
    const sure = interrupt<string>(`${name}, are you sure?`)
    return { said: [`${person} is ${name}, ${sure}, under ${step}`] }
  },

  /** Asks for two sums at once, then says what came back. */
  sumUp: async ({ messages }: { messages: BaseMessage[] }) => {
    const results = messages.filter((message) => message.getType() === 'tool')
    if (results.length > 0) return { messages: [new AIMessage(results.map(({ text }) => text).join(' and '))] }
    const tool_calls = [1, 2].map((n) => ({ id: `call-${n}`, name: 'add', args: { a: n, b: 10 } }))
    const asks = new AIMessage({ content: '', tool_calls })
    Object.assign(asks, { usage_metadata: { input_tokens: 5, output_tokens: 6, total_tokens: 11 } })
    return { messages: [asks] }
  },
  use_tools: async (state: { messages: BaseMessage[] }) => (await toolNode.invoke(state)) as unknown,

  typed: async ({ how }: { how: string }, step: string) => {
    if (step !== 'typed/outside#1') throw new Error('the schema was to stop this')
    return how === 'outside' ? { n: 11 } : { tags: 'a' }
  },

  note: async ({ n }: { n: number }) => {
    for (const half of ['a', 'b']) emit({ [half]: n })
    return {}
  },
  /** Ends when the file is there. */
  gate: async ({ file }: { file: string }) => {
    for (; !existsSync(file); await sleep(50)) heartbeat()
    return {}
  },
  write: async ({ bytes }: { bytes: number }) => ({ text: 'x'.repeat(bytes) }),
  flaky: async ({ n }: { n: number }) => {
    emit({ n, attempt: 'each' })
    const { attempt } = activityInfo()
    if (attempt < 3) throw new Error(`attempt ${attempt} fails`)
    return { n: n + 1 }
  },
  bad_output: async ({ how }: { how: string }) => (how === 'bigint' ? { n: 1n } : { n: () => 1 }),
}
