import { appendFileSync } from 'node:fs'
import { Context, heartbeat, sleep } from '@temporalio/activity'
import { AIMessage, isBaseMessage, type BaseMessage } from '@langchain/core/messages'
import { TributaryError } from '../../../kernel/index.ts'
import { featureActivities } from './featureActivities.ts'

/** Small tools for the tests: each is called as `(input, step)` like the real ones. */
export const activities = {
  ...featureActivities,
  increment: async ({ n }: { n: number }) => ({ n: n + 1 }),
  measure: async ({ text, i }: { text: string; i: number }) => ({ i, size: text.length }),

  /** Writes that it ran to a file, so that a test can count over several processes. */
  journal: async ({ n, file, ms }: { n: number; file: string; ms: number }, step: string) => {
    appendFileSync(file, `start ${step}\n`)
    for (let waited = 0; waited < ms; waited += 50) {
      await sleep(50)
      heartbeat()
    }
    appendFileSync(file, `end ${step}\n`)
    return { n: n + 1 }
  },

  /** A chat model that asks for one tool call, then answers with what the tool said. */
  chat: async ({ messages }: { messages: BaseMessage[] }) => {
    if (!messages.every(isBaseMessage)) throw new Error('the messages arrived as plain objects')
    const last = messages.at(-1)!
    if (last.getType() === 'tool') return new AIMessage({ id: 'ai-2', content: `it is ${last.text}` })
    const call = {
      id: 'ai-1',
      content: '',
      tool_calls: [{ id: 'call-1', name: 'measure', args: { text: last.text, i: 7 } }],
    }
    const message = new AIMessage(call)
    Object.assign(message, { usage_metadata: { input_tokens: 3, output_tokens: 4, total_tokens: 7 } })
    return message
  },

  /** Heartbeats until it is told to stop; says so in a file. */
  forever: async ({ file }: { file: string }) => {
    appendFileSync(file, 'started\n')
    const { cancelled } = Context.current()
    const beat = setInterval(() => heartbeat(), 100)
    try {
      await cancelled
    } catch (error) {
      appendFileSync(file, 'cancelled\n')
      throw error
    } finally {
      clearInterval(beat)
    }
  },

  refuse: async ({ retry }: { retry: boolean }) => {
    throw new TributaryError('The payment does not cover the price.', {
      code: 'payment/underfunded',
      facts: { askedWei: '5', offeredWei: '3' },
      tryThis: 'ask for a fresh quote',
      retry,
    })
  },
}
