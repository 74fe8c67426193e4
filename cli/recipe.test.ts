import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTestGateway, type TestGateway } from '../gateway/testing/openTestGateway.ts'
import { boundTools } from '../tools/boundTools.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { createProgram } from './createProgram.ts'

const folder = mkdtempSync(join(tmpdir(), 'recipe-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => void (process.exitCode = undefined))

async function run(...args: string[]): Promise<string> {
  const printed: string[] = []
  await createProgram((line) => printed.push(line)).run(['recipe', ...args])
  return printed.join('\n')
}
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('tributary recipe check, with no server', () => {
  test('passes 2 good files that call each other, and says file, line and column of what is wrong in a third', async () => {
    const inner = file('inner.yaml', 'recipe: inner\nsummary: s\nsteps:\n  - tool: status\n')
    const outer = file('outer.yaml', 'recipe: outer\nsummary: s\nsteps:\n  - recipe: inner\n')
    expect(await run('check', inner, outer)).toMatch(/ok {2}.*inner.yaml: inner 0x[\s\S]*ok {2}.*outer.yaml: outer 0x/)
    expect(process.exitCode).toBeUndefined()
    const bad = file(
      'bad.yaml',
      'recipe: bad\nsummary: s\nsteps:\n  - tool: draw_audits\n    with: { epoch: 1, count: 0 }\n',
    )
    expect(await run('check', inner, bad)).toContain(`${bad}:5:30: draw_audits does not take this as count`)
    expect(process.exitCode).toBe(2)
    const [, found] = JSON.parse(await run('check', '--json', inner, bad)) as { problems: { code: string }[] }[]
    expect(found?.problems).toMatchObject([{ code: 'recipe/argument', line: 5, column: 30 }])
  })

  test('reads a typed recipe out of its file, and says the line of the call that is wrong', async () => {
    const define = fileURLToPath(new URL('../recipes/index.ts', import.meta.url))
    const typed = (count: number) =>
      `import { defineRecipe } from ${JSON.stringify(define)}\nexport default defineRecipe({ recipe: 'typed', summary: 's' }, ({ tool }) => {\n  const now = tool('now', 'status', {})\n  tool('draw', 'draw_audits', { epoch: now.epoch, count: ${count} })\n})\n`
    expect(await run('check', file('good.ts', typed(3)))).toMatch(/ok {2}.*good.ts: typed 0x/)
    const bad = file('bad.ts', typed(0))
    expect(await run('check', bad)).toMatch(new RegExp(`${bad}:4:\\d+: draw_audits does not take this as count`))
  })

  test('a file that is not there, and one that exports nothing, are refused in words', async () => {
    await expect(run('check', join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'recipe/no-file' })
    await expect(run('check', file('empty.ts', 'export const x = 1\n'))).rejects.toMatchObject({
      code: 'recipe/no-export',
    })
    await expect(run('check', file('throws.ts', 'throw new Error("no")\n'))).rejects.toMatchObject({
      code: 'recipe/no-export',
      facts: { reason: 'no' },
    })
  })
})

describe('with a server', () => {
  let edges: TestContext
  let gateway: TestGateway
  beforeAll(async () => {
    edges = await openTestContext()
    gateway = await openTestGateway(edges.ctx, boundTools)
    writeFileSync(join(edges.ctx.home.keys, 'operator-token'), gateway.operatorToken, { mode: 0o600 })
    vi.stubEnv('TRIBUTARY_HOME', edges.ctx.home.dir)
  })
  afterAll(async () => {
    await gateway.close()
    await edges.close()
    vi.unstubAllEnvs()
  })

  test('list shows the 5 that come along, schedule lets one of them begin, pause and delete end that', async () => {
    expect((await run('list')).match(/not used yet/g)).toHaveLength(5)
    expect(await run('schedule')).toContain('nothing is scheduled')
    expect(await run('schedule', 'weekly-settlement')).toBe(
      'weekly-settlement (version 1) is scheduled\n  0 6 * * 1 UTC: next ',
    )
    expect(await run('schedule', 'audit-sampling')).toContain('on epoch_final: once each')
    expect((await run('schedule')).match(/^ {2}.*begins/gm)).toHaveLength(2)
    expect(await run('schedule', 'weekly-settlement', '--pause')).toContain('is paused')
    expect(await run('schedule', 'weekly-settlement', '--delete')).toContain('is deleted')
    await expect(run('schedule', 'weekly-settlement', '--pause')).rejects.toMatchObject({
      code: 'recipe/not-scheduled',
    })
  })

  test('diff says field by field what a file would change of what is scheduled', async () => {
    const mine = (count: number) =>
      file(
        'mine.yaml',
        `recipe: mine\nsummary: s\non:\n  - every: 1h\nsteps:\n  - tool: draw_audits\n    with: { epoch: 1, count: ${count} }\n`,
      )
    await run('schedule', mine(1))
    expect(await run('diff', mine(1))).toBe('mine version 1 → version 1: nothing differs')
    const said = await run('diff', mine(2))
    expect(said).toContain('mine version 1 → not used yet')
    expect(said).toMatch(/steps\.draw_audits\.call\.with\.count\n.*- 1.*\n.*\+ 2/)
  })

  test('run refuses an input that the recipe does not take, and a name that nobody knows', async () => {
    await expect(run('run', 'audit-sampling', '--with', 'epoch=one')).rejects.toMatchObject({ code: 'recipe/input' })
    await expect(run('run', 'nobody-wrote-it')).rejects.toMatchObject({ code: 'recipe/unknown' })
    await expect(run('run', 'audit-sampling', '--with', 'epoch')).rejects.toMatchObject({ code: 'cli/usage' })
  })
})
