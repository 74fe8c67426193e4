import { expect, test } from 'vitest'
import { chainSettings } from './chainSettings.ts'

test('unset and empty variables leave the defaults; 20 blocks and 50 gwei are taken', () => {
  expect(chainSettings({ CHAIN_CONFIRMATIONS: '' })).toEqual({})
  expect(chainSettings({ CHAIN_CONFIRMATIONS: '20', CHAIN_MAX_FEE_GWEI: '50' })).toEqual({
    confirmations: 20,
    sending: { maxFeePerGasWei: 50_000_000_000n },
  })
})

test.each([
  { CHAIN_CONFIRMATIONS: '-1' },
  { CHAIN_CONFIRMATIONS: '1.5' },
  { CHAIN_MAX_FEE_GWEI: '0' },
  { CHAIN_MAX_FEE_GWEI: 'cheap' },
])('%o is refused by name', (env) => {
  expect(() => chainSettings(env)).toThrowError(
    expect.objectContaining({
      code: 'chain/bad-setting',
      facts: expect.objectContaining({ name: Object.keys(env)[0] }),
    }),
  )
})
