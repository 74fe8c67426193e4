import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { boundTools } from './boundTools.ts'

test('the 7 tools that wait for a workflow say so, and no other does: they hold no place of the worker', () => {
  const waits = boundTools.filter(({ definition }) => definition.waits).map(({ definition }) => definition.name)
  const found = boundTools
    .map(({ definition }) => definition.name)
    .filter((name) => {
      const file = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
      return readFileSync(new URL(`./${file}.run.ts`, import.meta.url), 'utf8').includes('workflows.result(')
    })
  expect(waits.toSorted()).toEqual(found.toSorted())
  expect(found).toHaveLength(7)
})
