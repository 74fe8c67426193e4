import { sql } from 'drizzle-orm'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import { getEpoch, leavesOf, listSamples } from '../../store/index.ts'
import { auditorText, epochIndex, verifyReceiptProof } from '../../tools/index.ts'
import { tinyDatanet } from '../../tools/testing/trainTinyModel.ts'
import { ask, call, edges, gateway, receipts } from './epochScene.ts'

export function testGatedDatanets(): void {
  describe('a gated Datanet', () => {
    const auditor = privateKeyToAccount(`0x${'8c'.repeat(32)}`)
    const stranger = (tool: string, input: object) =>
      fetch(`${gateway.url}/tools/${tool}`, { method: 'POST', body: JSON.stringify(input) })
    const asked = async (tool: string, account = auditor, aheadMs = 60_000) => {
      const expiresAtMs = edges.ctx.now() + aheadMs
      const { chainId } = edges.ctx.chain
      const message = auditorText({ tool, receipt: receipts[0]!, chainId, expiresAtMs })
      return { address: account.address, expiresAtMs, signature: await account.signMessage({ message }) }
    }
    const codeOf = async (answer: Response) => ((await answer.json()) as { error?: { code: string } }).error?.code

    test('shows a stranger no trace, no explanation and no scores, and its named auditor all of them', async () => {
      const receipt = receipts[0]!
      const top = ((await call('trace_answer', { receipt }))['top'] as { sample: string }[]).map(({ sample }) => sample)
      expect(top.length).toBeGreaterThan(0)
      const payee = 'npm:volga'
      expect((await stranger('trace_answer', { receipt })).status).toBe(200)
      const before = JSON.stringify(await (await stranger('prove_receipt', { receipt })).json())
      expect(before).toContain(top[0])

      await call('set_datanet_access', { datanet: tinyDatanet, access: 'gated', add: [auditor.address] })
      expect(await codeOf(await stranger('trace_answer', { receipt }))).toBe('tools/gated')
      expect(await codeOf(await stranger('explain', { receipt, payee }))).toBe('tools/gated')
      const preview = { prompt: 'a', completion: 'b', licence: 'MIT', source: 'c' }
      expect(await codeOf(await stranger('preview_contribution', { datanet: tinyDatanet, samples: [preview] }))).toBe(
        'tools/gated',
      )
      const proof = await (await stranger('prove_receipt', { receipt })).json()
      expect(proof).toMatchObject({ attribution: null })
      const { evidenceRoot } = await getEpoch(edges.ctx.store, { epoch: 1 })
      expect((await verifyReceiptProof(proof, evidenceRoot!)).split).toBeNull()
      await edges.ctx.store.db.execute(sql`update epochs set published = null where number = 1`)
      const said = [proof]
      for (const tool of ['audit', 'epoch_report', 'status', 'list_models']) {
        const answer = await stranger(tool, tool === 'audit' ? { receipt } : {})
        expect([tool, answer.status]).toEqual([tool, 200])
        said.push(await answer.json())
      }
      for (const { payee: who } of await leavesOf(edges.ctx.store, { epoch: 1 }))
        said.push(await (await stranger('statement', { payee: who })).json())
      await call('publish_epoch', { epoch: 1 })
      const index = epochIndex.parse(await (await fetch(`${gateway.url}/published/1`)).json())
      for (const { digest } of index.pages)
        said.push(await (await fetch(`${gateway.url}/published/1/${digest}`)).json())
      const all = JSON.stringify(said)
      for (const sample of top) expect(all).not.toContain(sample)
      for (const { prompt, completion } of await listSamples(edges.ctx.store, { datanet: tinyDatanet })) {
        expect(all).not.toContain(prompt)
        expect(all).not.toContain(completion)
      }
      expect(all).not.toContain('scoreMicroNats')

      for (const tool of ['trace_answer', 'explain', 'prove_receipt']) {
        const input = { receipt, ...(tool === 'explain' ? { payee } : {}), auditor: await asked(tool) }
        const seen = await (await stranger(tool, input)).text()
        expect([tool, seen.includes('coreMicroNats')]).toEqual([tool, true])
      }
    }, 60_000)

    test('refuses an auditor that is not named, a request for another tool, and one signed for longer than an hour', async () => {
      const receipt = receipts[0]!
      const other = privateKeyToAccount(`0x${'8d'.repeat(32)}`)
      const cases: [object, string][] = [
        [await asked('trace_answer', other), 'tools/gated'],
        [await asked('explain'), 'tools/auditor-request'],
        [await asked('trace_answer', auditor, 2 * 3_600_000), 'tools/auditor-request'],
        [await asked('trace_answer', auditor, -1), 'tools/auditor-request'],
        [{ ...(await asked('trace_answer')), address: other.address }, 'tools/auditor-request'],
      ]
      for (const [by, code] of cases)
        expect(await codeOf(await stranger('trace_answer', { receipt, auditor: by }))).toBe(code)
      await call('set_datanet_access', { datanet: tinyDatanet, remove: [auditor.address] })
      expect(await codeOf(await stranger('trace_answer', { receipt, auditor: await asked('trace_answer') }))).toBe(
        'tools/gated',
      )
    })

    test('goes on selling answers, and its operator sees everything', async () => {
      const receipt = await ask('Which river floods in spring?')
      expect(await call('trace_answer', { receipt })).toMatchObject({ receipt })
      await call('set_datanet_access', { datanet: tinyDatanet, access: 'open' })
      expect((await stranger('trace_answer', { receipt: receipts[0] })).status).toBe(200)
    })
  })
}
