import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { digestText, type Address, type PayeeId } from '../../kernel/index.ts'
import { sampleOf } from '../testing.ts'
import { commitBatch, verifyReveal } from './commitment.ts'
import { signImportBatch } from './signContribution.ts'
import { verifyImportBatch } from './verifyContribution.ts'

const samples = Array.from({ length: 9 }, (_, i) => sampleOf({ completion: `Answer number ${i}.` }))
const secret = digestText('secret')

test('each of 9 samples opens its own commitment: not with another salt, payee, sample or place', () => {
  const { root, salts, proof } = commitBatch(samples, { secret })
  expect(new Set(salts).size).toBe(9)
  for (const [i, sample] of samples.entries()) {
    const good = { salt: salts[i]!, sample, proof: proof(i) }
    expect(verifyReveal(root, good)).toBe(true)
    expect(verifyReveal(root, { ...good, salt: salts[(i + 1) % 9]! })).toBe(false)
    expect(verifyReveal(root, { ...good, sample: { ...sample, payee: 'npm:thief' as PayeeId } })).toBe(false)
    expect(verifyReveal(root, { ...good, sample: samples[(i + 1) % 9]! })).toBe(false)
    expect(verifyReveal(root, { ...good, proof: proof((i + 1) % 9) })).toBe(false)
  }
})

test('the batch root is a function of secret and order, and a salt of the contributor is kept', () => {
  const root = commitBatch(samples, { secret }).root
  expect(commitBatch(samples, { secret }).root).toBe(root)
  expect(commitBatch(samples.toReversed(), { secret }).root).not.toBe(root)
  expect(commitBatch(samples, { secret: digestText('other') }).root).not.toBe(root)
  const own = digestText('own')
  expect(commitBatch(samples, { secret, ownSalts: new Map([[samples[4]!.id, own]]) }).salts[4]).toBe(own)
})

test('one signature of the steward covers an import of 9; another root, count, Datanet or steward is refused', async () => {
  const account = privateKeyToAccount(`0x${'34'.repeat(32)}`)
  const importedBy = account.address as string as Address
  const batch = { datanet: 'open-source', root: commitBatch(samples, { secret }).root, count: 9, importedBy }
  const signature = await signImportBatch(account, batch, { chainId: 31337 })
  const scope = { chainId: 31337 }
  expect(await verifyImportBatch(batch, signature, scope)).toBe(importedBy)
  const others = [
    { root: digestText('r') },
    { count: 8 },
    { datanet: 'other' },
    { importedBy: `0x${'1'.repeat(40)}` as Address },
  ]
  for (const other of others) {
    await expect(verifyImportBatch({ ...batch, ...other }, signature, scope)).rejects.toMatchObject({
      code: 'datanets/bad-signature',
    })
  }
  await expect(verifyImportBatch(batch, signature)).rejects.toMatchObject({ code: 'datanets/bad-signature' })
  await expect(verifyImportBatch(batch, '0xzz', scope)).rejects.toMatchObject({ code: 'datanets/bad-signature' })
})
