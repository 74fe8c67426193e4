import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundTools } from '../tools/boundTools.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { openTestGateway, type TestGateway } from './testing/openTestGateway.ts'
let edges: TestContext
let gateway: TestGateway
beforeAll(async () => {
  const t0 = performance.now()
  edges = await openTestContext()
  console.log('edges', performance.now() - t0)
  await trainTinyModel(edges.ctx)
  console.log('trained', performance.now() - t0)
  gateway = await openTestGateway(edges.ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
})
afterAll(async () => {
  await gateway?.close()
  await edges.close()
})
test('x', async () => {
  const r = await fetch(`${gateway.url}/tools/list_models`, { method: 'POST' })
  console.log(await r.text())
})
