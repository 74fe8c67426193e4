import { expect, test } from 'vitest'
import { digestText } from '../kernel/index.ts'
import { answerRequest } from './answerRequest.ts'
import { canonicalRequest, readCanonicalRequest } from './canonicalRequest.ts'
import { chatRequest } from './chatRequest.ts'

const plain = { model: 'rivers', messages: [{ role: 'user', content: 'Where?' }], temperature: 0.7 } as const

test('a request without the newer fields has the text and the digest that it had before they were known', () => {
  const text =
    '{"max_tokens":64,"messages":[{"content":"Where?","role":"user"}],"model":"rivers","seed":1,"temperature_milli":700,"top_p_milli":1000}'
  expect(canonicalRequest(chatRequest.parse(plain))).toBe(text)
  const transport = {
    stream: true,
    stream_options: { include_usage: true },
    n: 1,
    user: 'me',
    logprobs: false,
  } as const
  const neutral = { frequency_penalty: 0, presence_penalty: 0, response_format: { type: 'text' } } as const
  const same = chatRequest.parse({ ...plain, ...transport, ...neutral })
  expect(digestText(canonicalRequest(same))).toBe(digestText(text))
})

test('what changes the answer is committed to, and is read back as what the engine was asked', () => {
  const schema = { type: 'object', properties: { z: { const: 1.5 }, a: { type: 'null' } }, additionalProperties: false }
  const requests = [
    { stop: ['x', '\n'] },
    { logprobs: true },
    { logprobs: true, top_logprobs: 5 },
    { response_format: { type: 'json_object' } },
    { response_format: { type: 'json_schema', json_schema: { name: 'n', schema } } },
    { temperature: 0.123456, top_p: 0.0001 },
  ].map((more) => chatRequest.parse({ ...plain, ...more }))
  const texts = requests.map(canonicalRequest)
  expect(new Set(texts).size).toBe(requests.length)
  for (const [i, request] of requests.entries()) {
    expect(answerRequest(readCanonicalRequest(texts[i]!))).toEqual(answerRequest(request))
    expect(canonicalRequest(readCanonicalRequest(texts[i]!))).toBe(texts[i])
  }
  // The order of the properties is that of the answer.
  expect(answerRequest(requests[4]!).schema).toBe(JSON.stringify(schema))
})
