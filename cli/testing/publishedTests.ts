import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { verifyRewardClaim } from '../../chain/index.ts'
import { digestOf } from '../../kernel/index.ts'
import { getEpoch, leavesOf } from '../../store/index.ts'
import { statement } from '../../tools/definitions.ts'
import { epochIndex, epochPage } from '../../tools/index.ts'
import { call, cli, edges, gateway, rpc } from './epochScene.ts'

export function testWhatIsPublished(): void {
  describe('what is published of an epoch', () => {
    const sum = (amounts: readonly string[]) => amounts.reduce((total, wei) => total + BigInt(wei), 0n)
    let payee: string
    beforeAll(async () => {
      const earned = (await leavesOf(edges.ctx.store, { epoch: 1 })).filter(({ epochWei }) => epochWei > 0n)
      payee = (earned.find((leaf) => leaf.payee.startsWith('npm:')) ?? earned[0])!.payee
    })

    test('holds every leaf with a proof of the root, and statements whose parts sum to the wei', async () => {
      const { ctx } = edges
      const { published, root, paidWei, receiptCount } = await getEpoch(ctx.store, { epoch: 1 })
      const index = epochIndex.parse(await (await fetch(`${gateway.url}/published/1`)).json())
      expect(digestOf(index)).toBe(published)
      const pages = await Promise.all(
        index.pages.map(async ({ digest }) =>
          epochPage.parse(await (await fetch(`${gateway.url}/published/1/${digest}`)).json()),
        ),
      )
      const statements = pages.flatMap((page) => page.statements)
      expect(statements.map((one) => one.payee)).toEqual(statements.map((one) => one.payee).toSorted())
      expect(sum(statements.map(({ earnedWei }) => earnedWei))).toBe(paidWei)
      for (const {
        payee: who,
        earnedWei,
        cumulativeWei,
        asServerWei,
        asModelOwnerWei,
        accounts,
        answers,
        proof,
      } of statements) {
        expect(sum([asServerWei, asModelOwnerWei, ...accounts.map(({ paidWei: paid }) => paid)])).toBe(
          BigInt(earnedWei),
        )
        expect(sum(answers.map(({ wei }) => wei))).toBe(sum(accounts.map(({ creditedWei }) => creditedWei)))
        expect(sum(answers.map(({ chargedWei }) => chargedWei))).toBe(sum(accounts.map(({ chargedWei }) => chargedWei)))
        expect(answers.length).toBeLessThanOrEqual(receiptCount!)
        if (cumulativeWei === '0') continue
        expect(verifyRewardClaim(root!, { payee: who, cumulativeWei: BigInt(cumulativeWei), proof })).toBe(true)
      }
      const other = await fetch(`${gateway.url}/published/1/${root}`)
      expect(other.status).toBe(404)
    })

    test('is what a statement shows, as a table, as JSON and as CSV with one line an answer', async () => {
      const report = statement.output.parse(JSON.parse(await cli('statement', payee, '--json')))
      expect(sum(report.epochs.map(({ earnedWei }) => earnedWei))).toBe(BigInt(report.earnedWei))
      expect(sum([report.claimedWei, report.waitingWei])).toBe(BigInt(report.earnedWei))
      expect(report.epochs.find(({ epoch }) => epoch === 1)).toMatchObject({ published: true, claimed: true })
      const answers = report.epochs.flatMap((epoch) => epoch.answers)
      const csv = (await cli('statement', payee, '--csv')).split('\n')
      expect(csv).toHaveLength(1 + answers.length)
      expect(new Set(csv.map((line) => line.split(',').length))).toEqual(new Set([9]))
      expect(await cli('statement', payee)).toContain('waiting')
    })

    test('before it is published, a statement is computed alike', async () => {
      const before = await call('statement', { payee })
      await edges.ctx.store.db.execute(sql`update epochs set published = null where number = 1`)
      const computed = statement.output.parse(await call('statement', { payee }))
      expect({ ...computed, epochs: computed.epochs.map((one) => ({ ...one, published: true })) }).toEqual({
        ...before,
        epochs: (before['epochs'] as object[]).map((one) => ({ ...one, published: true })),
      })
      const again = await call('publish_epoch', { epoch: 1 })
      expect((await getEpoch(edges.ctx.store, { epoch: 1 })).published).toBe(again['index'])
    })

    test('pays from an exported folder by a stranger’s key, once, and refuses a page or a root that is another', async () => {
      const { ctx } = edges
      const folder = join(ctx.home.dir, 'exported')
      await expect(cli('epoch', '2', '--export', folder)).rejects.toMatchObject({ code: 'gateway/not-published' })
      await call('publish_epoch', { epoch: 2 })
      const index = await cli('epoch', '2', '--export', folder)
      const older = await cli('epoch', '1', '--export', join(ctx.home.dir, 'older'))
      const key = join(ctx.home.dir, 'stranger.key')
      writeFileSync(key, `0x${'5a'.repeat(32)}\n`)
      const { address } = privateKeyToAccount(`0x${'5a'.repeat(32)}`)
      await rpc('anvil_setBalance', [address, '0x56bc75e2d63100000'])
      const ways = ['--rpc', ctx.chain.rpcUrl, '--key', key, '--json']
      vi.stubEnv('TRIBUTARY_HOME', join(ctx.home.dir, 'nobody-is-here'))
      const { paidWei } = await getEpoch(ctx.store, { epoch: 2 })
      const [first] = epochPage
        .parse(
          JSON.parse(
            readFileSync(
              join(folder, `${epochIndex.parse(JSON.parse(readFileSync(index, 'utf8'))).pages[0]!.digest}.json`),
              'utf8',
            ),
          ),
        )
        .statements.filter(({ earnedWei }) => earnedWei !== '0')
      const one = JSON.parse(await cli('claim', first!.payee, '--from', index, ...ways)) as { movedWei: string }
      expect(one.movedWei).toBe(first!.earnedWei)
      const rest = JSON.parse(await cli('claim', '--from', index, ...ways)) as { movedWei: string }
      expect(BigInt(one.movedWei) + BigInt(rest.movedWei)).toBe(paidWei)
      expect(JSON.parse(await cli('claim', '--from', index, ...ways))).toEqual({ movedWei: '0', transactions: [] })
      await expect(cli('claim', '--from', older, ...ways)).rejects.toMatchObject({ code: 'claim/superseded' })
      await expect(cli('claim', 'npm:nobody', '--from', index, ...ways)).rejects.toMatchObject({
        code: 'claim/no-leaf',
      })
      const [page] = readdirSync(folder).filter((name) => name !== 'index.json')
      const text = readFileSync(join(folder, page!), 'utf8')
      writeFileSync(join(folder, page!), text.replace('"cumulativeWei":"', '"cumulativeWei":"1'))
      await expect(cli('claim', '--from', index, ...ways)).rejects.toMatchObject({ code: 'claim/page-differs' })
      await expect(cli('claim', '--from', join(folder, 'none'), ...ways)).rejects.toMatchObject({
        code: 'claim/unreadable',
      })
      vi.stubEnv('TRIBUTARY_HOME', ctx.home.dir)
      expect(JSON.parse(await cli('claim', '--json'))).toEqual({ movedWei: '0', transactions: [] })
      expect((await getEpoch(ctx.store, { epoch: 2 })).state).toBe('claimed')
    })

    test('a claim_proof is a file to claim from, too', async () => {
      const { ctx } = edges
      const file = join(ctx.home.dir, 'claim.json')
      const proof = await call('claim_proof', { payee })
      writeFileSync(file, JSON.stringify(proof))
      const ways = ['--rpc', ctx.chain.rpcUrl, '--key', join(ctx.home.dir, 'stranger.key'), '--json']
      expect(JSON.parse(await cli('claim', '--from', file, ...ways))).toEqual({ movedWei: '0', transactions: [] })
      writeFileSync(file, JSON.stringify({ ...proof, cumulativeWei: '1' }))
      await expect(cli('claim', '--from', file, ...ways)).rejects.toMatchObject({ code: 'claim/bad-proof' })
    })
  })
}
