import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, vi } from 'vitest'
import { openTestGateway, type TestGateway } from '../../gateway/testing/openTestGateway.ts'
import type { Digest } from '../../kernel/index.ts'
import { boundTools } from '../../tools/boundTools.ts'
import { publicProofs, runTool, type BoundTool } from '../../tools/index.ts'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { createProgram } from '../createProgram.ts'

/** One home and one server for the tests of epochs: their parts stand in files of their own, and follow one another. */
export let edges: TestContext
export let gateway: TestGateway
export const receipts: Digest[] = []
let effects = 0
let proofs = publicProofs()

/** Where packages are looked up from now on. */
export function proveBy(registry: string): void {
  proofs = publicProofs(registry)
}

export async function call(name: string, input: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
  return runTool(tool, input, {
    ...edges.ctx,
    proofs,
    call: { face: 'test', effectKey: `epochs/${name}/${effects++}` },
  })
}

export async function cli(...args: string[]): Promise<string> {
  const lines: string[] = []
  await createProgram((line) => void lines.push(line)).run(args)
  return lines.join('\n')
}

export const rpc = (method: string, params: unknown[]) =>
  fetch(edges.ctx.chain.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })

export const ask = async (content: string) =>
  (await call('ask', { model: tinyDatanet, messages: [{ role: 'user', content }], max_tokens: 8 }))['receipt'] as Digest

/** Opens it before the tests of a file: epoch 1 with three answers is closed. */
export function useEpochScene(): void {
  beforeAll(async () => {
    edges = await openTestContext()
    const { ctx } = edges
    gateway = await openTestGateway(ctx, boundTools)
    edges.setGatewayUrl(gateway.url)
    writeFileSync(join(ctx.home.keys, 'operator-token'), gateway.operatorToken, { mode: 0o600 })
    vi.stubEnv('TRIBUTARY_HOME', ctx.home.dir)
    await trainTinyModel(ctx)
    for (const question of ['Which river floods?', 'Where is the mouth of the Oder?', 'Which bridges?'])
      receipts.push(await ask(question))
    await call('close_epoch')
  })
  afterAll(async () => {
    await gateway.close()
    await edges.close()
    vi.unstubAllEnvs()
  })
}
