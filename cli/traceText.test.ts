import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openTestGateway, type TestGateway } from '../gateway/testing/openTestGateway.ts'
import { boundTools } from '../tools/boundTools.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { tinyCorpus, tinyDatanet, trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { exampleText, exampleTrace } from '../tools/verbatim/testing/exampleTrace.ts'
import { createProgram } from './createProgram.ts'

let edges: TestContext
let gateway: TestGateway
let file = ''
const said = `Over the hills: ${tinyCorpus()[0]!['completion']!} \u001B[31mAnd nothing else.`

beforeAll(async () => {
  edges = await openTestContext()
  gateway = await openTestGateway(edges.ctx, boundTools)
  const { home } = edges.ctx
  writeFileSync(join(home.keys, 'operator-token'), gateway.operatorToken, { mode: 0o600 })
  vi.stubEnv('TRIBUTARY_HOME', home.dir)
  await trainTinyModel(edges.ctx)
  file = join(home.dir, 'answer.txt')
  writeFileSync(file, said)
})
afterAll(async () => {
  await gateway.close()
  await edges.close()
  vi.unstubAllEnvs()
})

async function tributary(...args: string[]): Promise<string> {
  const lines: string[] = []
  await createProgram((line) => lines.push(line)).run(args)
  return lines.join('\n')
}

test('piped, the text comes without colours, with numbered spans, payees that sum with what is unexplained, and the label', async () => {
  const printed = await tributary('trace-text', file)
  expect(printed).not.toContain('\u001B')
  expect(printed).toMatch(/Look for amber .*\[\d+\]/)
  expect(printed).toMatch(/npm:danube +[\d.]+ +[\d.]+ %/)
  expect(printed).toContain('Provenance is not causation')
  const percents = [...printed.matchAll(/^(?:npm:\S+|unexplained) .*?([\d.]+) %$/gm)].map(([, percent]) =>
    Number(percent),
  )
  expect(percents.reduce((a, b) => a + b, 0)).toBeCloseTo(100, 1)
})

test('--json is the tool’s own, and --html a page that holds the same trace', async () => {
  const trace = JSON.parse(await tributary('trace-text', file, '--datanet', tinyDatanet, '--json')) as {
    spans: { start: number; end: number }[]
  }
  expect(trace.spans.some(({ start, end }) => said.slice(start, end).includes('Look for amber'))).toBe(true)
  const page = join(edges.ctx.home.dir, 'trace.html')
  expect(await tributary('trace-text', file, '--html', page)).toBe(`file://${page}`)
  expect(readFileSync(page, 'utf8')).toContain('<title>Where these words stand</title>')
})

test('a file that is not there is cli/no-input', async () => {
  await expect(tributary('trace-text', '/nowhere/at/all')).rejects.toMatchObject({ code: 'cli/no-input' })
})

test('at a terminal the spans of three payees have three colours, what everybody has is dim, and letters stay in place', async () => {
  vi.stubEnv('FORCE_COLOR', '1')
  vi.resetModules()
  const { drawText } = await import('./verbatim/drawText.ts')
  const drawn = drawText(exampleText, await exampleTrace(), 100)
  vi.stubEnv('FORCE_COLOR', undefined)
  const [text] = drawn.split('\n\n') as [string]
  const painted = text.split('\u001B[')
  const colours = new Set(painted.flatMap((piece) => /^(3[1-6])m/.exec(piece)?.[1] ?? []))
  expect(colours.size).toBeGreaterThanOrEqual(3)
  expect(painted.find((piece) => piece.includes('Released under'))).toMatch(/^2m/)
  expect(stripVTControlCharacters(text).replaceAll(/\[\d+\]/g, '')).toBe(exampleText)
})
