import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { encodeFunctionData, parseAbi } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import { payeeKey, readBalance } from '../../chain/index.ts'
import type { Address, Digest, PayeeId } from '../../kernel/index.ts'
import { leavesOf, listTrace } from '../../store/index.ts'
import { call, edges, proveBy, rpc } from './epochScene.ts'

export function testPayees(): void {
  describe('a payee without an address', () => {
    const owner = privateKeyToAccount(`0x${'7c'.repeat(32)}`)
    const start = async (payee: string, account: string) =>
      (await call('start_payee_claim', { payee, account })) as { nonce: string; challenge: string; proofs: string[] }

    test('is bound once its package names the address, is paid out to the wei, and a second claimant is refused', async () => {
      const { ctx } = edges
      const earned = (await leavesOf(ctx.store, { epoch: 2 })).filter(({ payee }) => payee.startsWith('npm:'))
      const { payee, cumulativeWei } = earned.find((leaf) => leaf.cumulativeWei > 0n)!
      const name = payee.slice('npm:'.length)
      let named = '0x'
      const registry = createServer((request, response) => {
        response.end(request.url === `/${name}/latest` ? JSON.stringify({ name, tributary: { payee: named } }) : '{}')
      })
      await new Promise<void>((done) => void registry.listen(0, '127.0.0.1', done))
      try {
        proveBy(`http://127.0.0.1:${(registry.address() as AddressInfo).port}`)
        const { nonce, challenge, proofs: ways } = await start(payee, owner.address)
        expect(ways.join(' ')).toContain('package.json')
        const signature = await owner.signMessage({ message: challenge })
        const proof = { kind: 'npm' }
        const before = await readBalance(ctx.chain, owner.address as Address)
        await expect(call('prove_payee', { nonce, signature, proof })).rejects.toMatchObject({
          code: 'payee/not-named',
        })
        await expect(call('prove_payee', { nonce, signature: '0x12', proof })).rejects.toMatchObject({
          code: 'payee/not-signed',
        })
        named = owner.address
        const proved = await call('prove_payee', { nonce, signature, proof })
        expect(proved).toMatchObject({ payee, account: owner.address.toLowerCase() })
        expect(await readBalance(ctx.chain, owner.address as Address)).toBe(before + cumulativeWei)
        expect(proved['paidWei']).toBe(cumulativeWei.toString())
        const bytes = await ctx.blobs.get(proved['evidence'] as Digest)
        expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual({ name, tributary: { payee: owner.address } })
        const [line] = await listTrace(ctx.store, { subject: `payee/${payee}` })
        expect(JSON.parse(line!.body)).toMatchObject({ evidence: proved['evidence'], proof: 'npm' })
        // Asked again it changes nothing, whatever the package says by now.
        named = '0x'
        expect(await call('prove_payee', { nonce, signature, proof })).toEqual({ ...proved, paidWei: '0' })

        const thief = privateKeyToAccount(`0x${'7d'.repeat(32)}`)
        const second = await start(payee, thief.address)
        named = thief.address
        const theirs = await thief.signMessage({ message: second.challenge })
        await expect(call('prove_payee', { nonce: second.nonce, signature: theirs, proof })).rejects.toMatchObject({
          code: 'chain/recorded-differently',
        })
        expect(await readBalance(ctx.chain, thief.address as Address)).toBe(0n)
      } finally {
        registry.close()
      }
    })

    test('cannot be proved after the challenge has expired, and a 21st challenge is not given', async () => {
      const payee = 'git:Jane Doe'
      const { nonce, challenge } = await start(payee, owner.address)
      const signature = await owner.signMessage({ message: challenge })
      await call('name_payee_key', { payee, key: owner.address })
      const proof = { kind: 'key', signature }
      edges.shiftClock(25 * 3_600_000)
      await expect(call('prove_payee', { nonce, signature, proof })).rejects.toMatchObject({ code: 'payee/expired' })
      edges.shiftClock(0)
      for (let i = 1; i < 20; i++) await start(payee, owner.address)
      await expect(start(payee, owner.address)).rejects.toMatchObject({ code: 'payee/too-many' })
      expect(await call('prove_payee', { nonce, signature, proof })).toMatchObject({
        source: owner.address.toLowerCase(),
      })
      await expect(call('name_payee_key', { payee, key: `0x${'12'.repeat(20)}` })).rejects.toMatchObject({
        code: 'payee/key-named',
      })
    })
  })

  describe('names of one payee, and a lost key', () => {
    const owner = privateKeyToAccount(`0x${'7c'.repeat(32)}`)
    const next = privateKeyToAccount(`0x${'7e'.repeat(32)}`)
    const prove = async (payee: string, account: typeof owner, purpose: 'bind' | 'recover', key = account) => {
      const started = await call('start_payee_claim', { payee, account: account.address, purpose })
      const { nonce, challenge } = started as { nonce: string; challenge: string }
      const [signature, named] = [
        await account.signMessage({ message: challenge }),
        await key.signMessage({ message: challenge }),
      ]
      await call('prove_payee', { nonce, signature, proof: { kind: 'key', signature: named } })
      return { nonce, signature, proof: { kind: 'key', signature: named } }
    }

    test('two names that one address has proved are merged, others are not', async () => {
      for (const payee of ['git:A. Doe', 'git:Alex Doe', 'git:Bob'])
        await call('name_payee_key', { payee, key: payee === 'git:Bob' ? next.address : owner.address })
      const { nonce: alias } = await prove('git:A. Doe', owner, 'bind')
      const { nonce: into } = await prove('git:Alex Doe', owner, 'bind')
      const { nonce: bob } = await prove('git:Bob', next, 'bind')
      await expect(call('merge_payees', { alias, into: bob })).rejects.toMatchObject({ code: 'payee/not-one' })
      const open = (await call('start_payee_claim', { payee: 'git:Carl', account: owner.address }))['nonce']
      await expect(call('merge_payees', { alias, into: open })).rejects.toMatchObject({ code: 'payee/not-proved' })
      const merged = await call('merge_payees', { alias, into })
      expect(merged).toMatchObject({ alias: 'git:A. Doe', into: 'git:Alex Doe' })
      expect(await call('merge_payees', { alias, into })).toEqual(merged)
    })

    test('another address takes the place of a lost one after its time, unless the old one cancels; no challenge asks twice', async () => {
      const { ctx } = edges
      const payee = 'git:Alex Doe'
      const { payeeEscrow } = ctx.chain.contracts
      const standing = async () => call('payee_status', { payee })
      const first = await prove(payee, next, 'recover', owner)
      expect(await standing()).toMatchObject({
        account: owner.address.toLowerCase(),
        recovery: { account: next.address.toLowerCase() },
      })
      await expect(call('finish_recovery', { payee })).rejects.toMatchObject({ code: 'chain/reverted' })

      const abi = parseAbi(['function cancelRecovery(bytes32)'])
      await rpc('anvil_setBalance', [owner.address, '0x56bc75e2d63100000'])
      await rpc('anvil_impersonateAccount', [owner.address])
      const data = encodeFunctionData({ abi, functionName: 'cancelRecovery', args: [payeeKey(payee as PayeeId)] })
      await rpc('eth_sendTransaction', [{ from: owner.address, to: payeeEscrow, data }])
      expect((await standing())['recovery']).toBeNull()
      await call('prove_payee', first)
      expect((await standing())['recovery']).toBeNull()
      await expect(call('finish_recovery', { payee })).rejects.toMatchObject({ code: 'payee/no-recovery' })

      await prove(payee, next, 'recover', owner)
      const { readyAt } = (await standing())['recovery'] as { readyAt: number }
      await rpc('evm_setNextBlockTimestamp', [readyAt + 1])
      await rpc('evm_mine', [])
      await call('finish_recovery', { payee })
      expect(await standing()).toMatchObject({ account: next.address.toLowerCase(), recovery: null })
    })
  })
}
