import type { Address } from '../kernel/index.ts'
import { namePayeeKey as keep } from '../store/index.ts'
import type { namePayeeKey } from './namePayeeKey.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof namePayeeKey> = async ({ payee, key }, { store, now }) => {
  const account = key.toLowerCase() as Address
  await keep(store, { payee, account, atMs: now() })
  return { payee, key: account }
}
