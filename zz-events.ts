import { readFileSync, writeFileSync } from 'node:fs'
import { canonicalText } from './kernel/index.ts'
import { buildWorkflowBundle, replayEvents } from './workflows/graph/worker/index.ts'
const bundle = await buildWorkflowBundle({ workflowsPath: '/work/wt-graph/workflows/index.ts', cacheDir: '/work/wt-graph/node_modules/.cache/tributary/system/bundles' })
for (const name of ['buyer', 'curator']) {
  const file = `test/fixtures/histories/${name}.json`
  const { workflowId, history } = JSON.parse(readFileSync(file, 'utf8'))
  const events = await replayEvents({ bundle, history, workflowId })
  console.log(name, events.length, events.at(-1))
  writeFileSync(file, `${canonicalText({ workflowId, history, events } as never)}\n`)
}
process.exit(0)
