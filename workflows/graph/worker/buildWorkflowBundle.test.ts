import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { testBundle } from '../testing/testBundle.ts'
import { buildWorkflowBundle } from './buildWorkflowBundle.ts'

const graph = fileURLToPath(new URL('../index.ts', import.meta.url))
/** A workflows file of its own, with the given lines. */
async function workflowsFile(...lines: string[]) {
  const cacheDir = await mkdtemp(join(tmpdir(), 'bundle-'))
  const workflowsPath = join(cacheDir, 'workflows.ts')
  const rewrite = (...text: string[]) => writeFile(workflowsPath, text.join('\n'))
  await rewrite(...lines)
  return { workflowsPath, cacheDir, rewrite }
}
const oneNode = (name: string, nodes: string) => `
import { Annotation, END, START, StateGraph } from '@langchain/langgraph/web'
import { durableGraph } from '${graph}'
const builder = () => new StateGraph(Annotation.Root({ n: Annotation })).addNode('plan', () => ({ n: 1 })).addEdge(START, 'plan').addEdge('plan', END)
export const ${name} = durableGraph(builder, { name: '${name}', nodes: ${nodes} })`

test('a second build takes the first one from the cache; a changed source builds anew, and refuses the graph that it broke', async () => {
  const { rewrite, ...paths } = await workflowsFile(oneNode('one', `{ plan: { as: 'workflow' } }`))
  const first = await buildWorkflowBundle(paths)
  expect(first).toMatchObject({ cached: false, graphs: [{ graph: 'one', nodes: 1 }] })
  const second = await buildWorkflowBundle(paths)
  expect(second).toEqual({ ...first, cached: true, ms: second.ms })
  const file = await readFile(first.codePath, 'utf8')
  expect(first.bytes).toBe(file.lastIndexOf('\n//# sourceMappingURL='))
  expect(first.bytes).toBeLessThan(2_500_000)
  await rewrite(oneNode('one', '{}'))
  await expect(buildWorkflowBundle(paths)).rejects.toMatchObject({
    code: 'graph/unplaced-node',
    facts: { node: 'plan' },
  })
})

test('the bundle of the whole project is at most 2.5 MB without its source map', async () => {
  const workflowsPath = fileURLToPath(new URL('../../index.ts', import.meta.url))
  expect((await testBundle(workflowsPath)).bytes).toBeLessThanOrEqual(2_500_000)
})

test('refuses a Node built-in with the name of the file that imports it', async () => {
  const { rewrite: _, ...paths } = await workflowsFile(
    `import { readFileSync } from 'node:fs'`,
    `export async function peek() { return readFileSync('x', 'utf8') }`,
  )
  await expect(buildWorkflowBundle(paths)).rejects.toMatchObject({
    code: 'graph/bundle-import',
    facts: { imports: [expect.stringMatching(/^node:fs \(imported by .*workflows\.ts\)$/)] },
  })
})

test('refuses before any worker starts a module that throws while it loads', async () => {
  const { rewrite: _, ...paths } = await workflowsFile(
    `export async function idle() {}`,
    `throw new TypeError('not today')`,
  )
  await expect(buildWorkflowBundle(paths)).rejects.toMatchObject({
    code: 'graph/bundle-unloadable',
    message: expect.stringContaining('not today'),
  })
})
