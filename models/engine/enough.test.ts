import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, tinyBase, type BaseModel, type Engine } from '../index.ts'

let home: string
let base: BaseModel
let engine: Engine
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'engine-'))
  base = await tinyBase(home)
  engine = await createEngine({ base, threads: 1 })
})
afterAll(async () => {
  await engine.close()
  rmSync(home, { recursive: true, force: true })
})

test('an answer of which there is enough ends where it is: its tokens are the first of the whole one, and a seller may sell them', async () => {
  const promptIds = base.tokenizer.encodeChat([{ role: 'user', content: 'stop?' }], { addGenerationPrompt: true })
  const request = { promptIds, seed: 4, maxTokens: 60, temperature: 1.5 }
  const enough = new AbortController()
  let seen = 0
  const whole = await engine.generate(request)
  const part = await engine.generate({
    ...request,
    enough: enough.signal,
    onToken: () => ++seen === 3 && enough.abort(),
  })
  expect(part.finish).toBe('length')
  expect(part.ids.length).toBeGreaterThanOrEqual(3)
  expect(part.ids.length).toBeLessThan(whole.ids.length)
  expect(part.ids).toEqual(whole.ids.slice(0, part.ids.length))
})
