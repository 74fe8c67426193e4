import type { OwnChannels } from '../../../chain/index.ts'

/** What a client knows of its channels, for as long as this process lives: the parts die, it does not. */
export function ownChannels(): OwnChannels {
  type Context = NonNullable<Awaited<ReturnType<OwnChannels['storage']['get']>>>
  type Kept = NonNullable<Awaited<ReturnType<OwnChannels['findDeposit']>>>
  const contexts = new Map<string, Context>()
  const deposits = new Map<string, Kept>()
  return {
    storage: {
      get: async (key) => contexts.get(key.toLowerCase()),
      set: async (key, context) => void contexts.set(key.toLowerCase(), context),
      delete: async (key) => void contexts.delete(key.toLowerCase()),
    },
    findDeposit: async (id) => deposits.get(id),
    saveDeposit: async (id, kept) => void (kept === undefined ? deposits.delete(id) : deposits.set(id, kept)),
  }
}
