import { expect, test } from 'vitest'
import { checkRole } from './checkRole.ts'

test('one process needs no address; one of many needs three, and is told which it lacks', () => {
  expect(checkRole('all', {})).toBeUndefined()
  const env = { DATABASE_URL: 'postgres://x', TEMPORAL_ADDRESS: '', CHAIN_RPC_URL: 'http://x' }
  expect(() => checkRole('engine', env)).toThrow(
    expect.objectContaining({ code: 'servers/role-needs', facts: { role: 'engine', missing: ['TEMPORAL_ADDRESS'] } }),
  )
  expect(checkRole('gateway', { ...env, TEMPORAL_ADDRESS: 'x:7233' })).toBeUndefined()
})
