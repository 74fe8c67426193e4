import {
  AIMessage,
  ChatMessage,
  HumanMessage,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages'
import { Command, Send } from '@langchain/langgraph'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { payloadConverter } from './converter.ts'
import { decode } from './decode.ts'
import { encode, tag } from './encode.ts'

const through = (value: unknown) => payloadConverter.fromPayload(payloadConverter.toPayload(value))

describe('the payload converter', () => {
  test('gives every JSON value back, also one that uses our tag as a key', () => {
    const key = fc.oneof(fc.string(), fc.constant(tag))
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, false),
        fc.string(),
        fc.integer(),
        fc.constantFrom('message', 'send', 'object'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value
    fc.assert(
      fc.property(json, (value) => {
        expect(through(value)).toEqual(value)
      }),
      { numRuns: 300, seed: 7 },
    )
  })

  test('leaves plain JSON as it is, so that a history can be read', () => {
    const value = { a: [1, 'two', null, { b: true }] }
    expect(encode(value)).toEqual(value)
  })

  test('revives six kinds of message with tool calls, usage set later, artefact and status', () => {
    const asked = new AIMessage({
      id: 'a',
      content: [{ type: 'text', text: 'hi' }],
      tool_calls: [{ id: 'c', name: 't', args: { n: 1 } }],
    })
    Object.assign(asked, { usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 }, name: 'bot' })
    const messages = [
      asked,
      new HumanMessage({ id: 'h', content: 'x' }),
      new SystemMessage('be brief'),
      new ToolMessage({ tool_call_id: 'c', content: 'r', artifact: { rows: 2 }, status: 'error' }),
      new ChatMessage({ role: 'judge', content: 'y' }),
    ]
    const revived = through(messages) as typeof messages
    for (const [i, message] of messages.entries()) {
      expect(revived[i]).toBeInstanceOf(message.constructor)
      expect(encode(revived[i])).toEqual(encode(message))
      expect(revived[i]?.text).toBe(message.text)
    }
    expect(revived[0]).toMatchObject({
      name: 'bot',
      usage_metadata: { total_tokens: 3 },
      tool_calls: [{ id: 'c', args: { n: 1 } }],
    })
    expect(revived[3]).toMatchObject({ artifact: { rows: 2 }, status: 'error', tool_call_id: 'c' })
    expect(through(new RemoveMessage({ id: 'h' }))).toMatchObject({ id: 'h' })
  })

  test('revives Send, Command, Date, Map, Set and bytes, nested in one another', () => {
    const at = new Date(1_700_000_000_000)
    const command = new Command({
      goto: [new Send('score', { at })],
      update: { seen: new Set([1]), by: new Map([['a', Uint8Array.of(7, 255)]]) },
    })
    const back = through(command) as typeof command
    expect(back).toBeInstanceOf(Command)
    expect(back.update).toEqual({ seen: new Set([1]), by: new Map([['a', Uint8Array.of(7, 255)]]) })
    const [send] = back.goto as Send[]
    expect(send).toBeInstanceOf(Send)
    expect(send).toMatchObject({ node: 'score', args: { at } })
  })

  test('refuses by path what JSON would lose: bigint, NaN, functions, classes, cycles', () => {
    class Secret {
      key = 1
    }
    const cycle: { me?: unknown } = {}
    cycle.me = cycle
    for (const [value, path, found] of [
      [{ feeWei: 1n }, '$.feeWei', 'a bigint'],
      [[Number.NaN], '$[0]', 'NaN'],
      [{ f: () => 1 }, '$.f', 'a function'],
      [{ s: new Secret() }, '$.s', 'an object of class Secret'],
      [cycle, '$.me', 'a cycle'],
    ] as const) {
      expect(() => encode(value)).toThrow(expect.objectContaining({ code: 'graph/payload', facts: { path, found } }))
    }
    expect(() => decode({ [tag]: 'later' })).toThrow(expect.objectContaining({ code: 'graph/payload' }))
  })
})
