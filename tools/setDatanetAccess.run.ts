import type { Address } from '../kernel/index.ts'
import { setDatanetAccess as set } from '../store/index.ts'
import type { Run } from './runTool.ts'
import type { setDatanetAccess } from './setDatanetAccess.ts'

export const run: Run<typeof setDatanetAccess> = async ({ datanet, access, add, remove }, { store, now }) => {
  const lower = (addresses: readonly Address[]) => addresses.map((one) => one.toLowerCase() as Address)
  return { datanet, ...(await set(store, { datanet, access, add: lower(add), remove: lower(remove), atMs: now() })) }
}
