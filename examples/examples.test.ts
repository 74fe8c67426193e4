import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporalServer } from '../workflows/graph/testing/temporalServer.ts'

const checkout = fileURLToPath(new URL('..', import.meta.url))
const linesOf = (file: string) => readFileSync(join(checkout, file), 'utf8').trimEnd().split('\n').length

let env: TestWorkflowEnvironment
beforeAll(async () => {
  env = await temporalServer()
})
afterAll(async () => env?.teardown())

/** A copy of the checkout that has the graph's room, kernel and the examples, and nothing else of the project. */
function strangersCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stranger-'))
  for (const part of ['package.json', 'kernel', 'workflows/graph', 'examples'])
    cpSync(join(checkout, part), join(folder, part), { recursive: true })
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

async function runExample(folder: string, ...args: string[]): Promise<string[]> {
  const child = spawn(process.execPath, [join(folder, 'examples/refund/main.ts'), ...args], {
    cwd: folder,
    env: { ...process.env, TEMPORAL_ADDRESS: env.address },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return (await text(child.stdout)).trimEnd().split('\n')
}

test('the refund example is 55 lines, and runs with no room of the project but kernel and workflows/graph', async () => {
  expect(linesOf('examples/refund/graphs.ts') + linesOf('examples/refund/main.ts')).toBe(55)
  const folder = strangersCopy()
  expect(await runExample(folder, 'order-1', 'yes')).toEqual([
    'node lookUp {"amount":12}',
    'interrupt ask {"id":"ask#1","value":"Refund 12?"}',
    'resume ask {"id":"ask#1","value":"yes"}',
    'node ask {"verdict":"yes"}',
    'custom pay "paying 12"',
    'node pay {"receipt":"paid once under refund/pay#1"}',
    'end  null',
    '{"order":"order-1","amount":12,"verdict":"yes","receipt":"paid once under refund/pay#1"}',
  ])
  const refused = await runExample(folder, 'order-2', 'no')
  expect(refused.at(-1)).toBe('{"order":"order-2","amount":12,"verdict":"no"}')
})
