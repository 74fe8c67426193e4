import { expect, test } from 'vitest'
import { digestOf, weiString } from '../../kernel/index.ts'
import type { TracedCall } from '../../tools/definitions.ts'
import { drawTrace } from './drawTrace.ts'

let at = 0
function call(workflow: string, lineage: string[], more: Partial<TracedCall>): TracedCall {
  const step = `${more.agent ?? 'tour'}/${more.node ?? ''}#${++at}`
  const base = { run: 'r', agent: 'tour', step, node: '', effect: 'read', state: 'done', failure: null, by: 'policy' }
  const none = {
    parent: null,
    policy: null,
    approval: null,
    provider: null,
    model: null,
    costWei: null,
    inputTokens: null,
  }
  const rest = {
    outputTokens: null,
    inputDigest: digestOf(at),
    outputDigest: digestOf(at),
    attempt: 1,
    ms: 9,
    atMs: at,
  }
  return { key: step, kind: 'tool', workflow, lineage, name: 'look', ...base, ...none, ...rest, ...more } as TracedCall
}

test('a tree of 3 workflows: children between the steps of their parent, a model under its tool, failures and costs told', () => {
  const think = call('t/buy', ['t'], {
    agent: 'buyer',
    node: 'think',
    name: 'think',
    effect: 'write',
    by: 'model',
    model: 'small-1',
    provider: 'p',
  })
  const calls = [
    call('t', [], { name: 'import_datanet', effect: 'write' }),
    think,
    call('t/buy', ['t'], {
      agent: 'buyer',
      kind: 'model',
      parent: think.key,
      name: 'small-1',
      model: 'small-1',
      provider: 'p',
      inputTokens: 7,
    }),
    call('t/buy', ['t'], {
      agent: 'buyer',
      node: 'ask',
      name: 'ask',
      effect: 'spend',
      state: 'failed',
      failure: 'budget/per-day',
      costWei: weiString.parse('2000000000000000000'),
      policy: 'cheapest/1',
    }),
    call('t/between/deep', ['t', 't/between'], { agent: 'deep', attempt: 3, approval: digestOf(0) }),
    call('t', [], { name: 'audit' }),
  ]
  expect(drawTrace('t', calls, 100).split('\n')).toEqual([
    't (tour)',
    '├─ import_datanet [write]  by policy, 9 ms',
    '├─ t/buy (buyer)',
    '│  ├─ think: think [write]  by a model, model small-1 of p, 9 ms',
    '│  │  └─ small-1 of p  7 + 0 tokens, 9 ms',
    '│  └─ ask: ask [spend]  FAILED budget/per-day, by cheapest/1, 2.000000 OPEN, 9 ms',
    '├─ t/between',
    '│  └─ t/between/deep (deep)',
    '│     └─ look  approved as 0x5feceb66ff…, attempt 3, 9 ms',
    '└─ audit  9 ms',
    '',
    '6 calls, 1 of them asked a model, 1 failed, 2.000000 OPEN in all',
  ])
  expect(drawTrace('t/buy', calls.slice(1, 4), 40).split('\n')[0]).toBe('t/buy (buyer)')
  expect(
    Math.max(
      ...drawTrace('t', calls, 40)
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBe(40)
})
