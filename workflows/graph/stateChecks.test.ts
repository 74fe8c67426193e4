import { Annotation, Command, ReducedValue, StateGraph, StateSchema } from '@langchain/langgraph/web'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { stateChecks } from './stateChecks.ts'

const list = new ReducedValue(z.array(z.string()).default([]), {
  inputSchema: z.string(),
  reducer: (all: string[], more: string) => all.concat(more),
})

test.each([
  ['a zod object', new StateGraph(z.object({ n: z.number(), list: z.string().optional() }))],
  ['a StateSchema', new StateGraph(new StateSchema({ n: z.number(), list }))],
])('%s holds 3 kinds of output to it, and lets what is right through', async (_, builder) => {
  const { output } = stateChecks(builder)!
  for (const right of [undefined, null, {}, { n: 1 }, { list: 'a' }, new Command({ goto: 'x', update: { n: 2 } })])
    await expect(output('node', right)).resolves.toBeUndefined()
  const wrong = [{ n: 'one' }, new Command({ update: { n: 'two' } }), [{ n: 1 }, new Command({ update: { list: 3 } })]]
  for (const one of wrong)
    await expect(output('node', one)).rejects.toMatchObject({ code: 'graph/invalid-state', facts: { node: 'node' } })
})

test('a graph of Annotations has no schema to hold to', () => {
  expect(stateChecks(new StateGraph(Annotation.Root({ n: Annotation<number> })))).toBeUndefined()
})
