import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { digestText, receiptSchema, type Address } from '../../kernel/index.ts'
import { keyRoles, loadOrCreateKeys } from './loadOrCreateKeys.ts'
import { signReceipt, verifyReceipt } from './signReceipt.ts'

const home = mkdtempSync(join(tmpdir(), 'tributary-keys-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('seven keys are made once, one file each, readable by the owner alone, and never shown by their accounts', () => {
  const keys = loadOrCreateKeys(home)
  const again = loadOrCreateKeys(home)
  expect(keyRoles.map((role) => again[role].address)).toEqual(keyRoles.map((role) => keys[role].address))
  expect(new Set(keyRoles.map((role) => keys[role].address)).size).toBe(7)
  expect(readdirSync(join(home, 'keys')).toSorted()).toEqual(keyRoles.map((role) => `${role}.key`).toSorted())
  for (const role of keyRoles) {
    const file = join(home, 'keys', `${role}.key`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.stringify(keys[role])).not.toContain(readFileSync(file, 'utf8').trim().slice(2))
  }
})

test('a key file that others can read, or that holds no key, is refused and left as it is', () => {
  const other = join(home, 'other')
  loadOrCreateKeys(other)
  const file = join(other, 'keys', 'buyer.key')
  chmodSync(file, 0o644)
  expect(() => loadOrCreateKeys(other)).toThrowError(expect.objectContaining({ code: 'chain/key-exposed' }))
  chmodSync(file, 0o600)
  writeFileSync(file, 'nothing')
  expect(() => loadOrCreateKeys(other)).toThrowError(expect.objectContaining({ code: 'chain/key-unreadable' }))
  expect(readFileSync(file, 'utf8')).toBe('nothing')
})

test('a receipt’s signature breaks with one changed token, another id, another chain or another server', async () => {
  const { server, steward } = loadOrCreateKeys(home)
  const digest = digestText('x')
  const receipt = receiptSchema.parse({
    v: 1,
    model: 'docs',
    adapter: digest,
    base: digest,
    datanet: digest,
    recipe: digest,
    request: digest,
    answer: digest,
    seed: 1,
    promptTokens: 12,
    completionTokens: 34,
    paddedLength: 64,
    engine: { runtime: 'onnxruntime-node 1.30.0', cpu: 'x64 avx2', graph: digest, weights: digest },
    feeWei: '1000',
    asset: `0x${'11'.repeat(20)}`,
    chainId: 31337,
    payer: `0x${'22'.repeat(20)}`,
    nonce: digest,
    rule: digest,
    epoch: 1,
    at: 1_790_000_000_000,
  })
  const signed = await signReceipt(receipt, server)
  const address = server.address as Address

  expect(await verifyReceipt(signed, address)).toBe(true)
  expect(await verifyReceipt(signed, steward.address as Address)).toBe(false)
  expect(await verifyReceipt({ ...signed, receipt: { ...receipt, completionTokens: 35 } }, address)).toBe(false)
  expect(await verifyReceipt({ ...signed, receipt: { ...receipt, chainId: 1 } }, address)).toBe(false)
  expect(await verifyReceipt({ ...signed, id: digest }, address)).toBe(false)
  expect(await verifyReceipt({ ...signed, signature: '0x12' }, address)).toBe(false)
  expect((await signReceipt(receipt, server)).signature).toBe(signed.signature)
})
