import type { Tributary } from '../../../temporal.config.ts'
import { listAdapters, listEpochs } from '../../../store/index.ts'
import { calls, effects } from '../../../store/schema/index.ts'
import { readBooks } from './readBooks.ts'

const hash = /0x[0-9a-f]{8,}/g
const masked = (text: string) => text.replaceAll(hash, '0x…')

/**
 * What a home holds, in a form in which two homes that did the same are equal: of what is new each time (hashes, times) only that it is
 * there. `events`: how often each event of each contract happened, straight from the chain.
 */
export async function stateOfHome(opened: Pick<Tributary, 'ctx'>, payees: readonly string[]) {
  const { store, chain } = opened.ctx
  const { payees: held, ...books } = await readBooks(opened, payees)
  const events: Record<string, number> = {}
  for (const [name, address] of Object.entries(chain.contracts)) {
    const logs = await chain.reader.getLogs({ address, fromBlock: 0n, toBlock: 'latest' })
    for (const { topics } of logs) {
      const event = `${name} ${topics[0]?.slice(0, 10)}`
      events[event] = (events[event] ?? 0) + 1
    }
  }
  // A home looks after its payments by itself, at its own times.
  const isOfRun = (key: string) => !key.startsWith('recover-payments')
  const effectRows = await store.db.select().from(effects)
  const lines = await store.db.select().from(calls)
  return {
    held: [...held].map(([payee, wei]) => `${payee} ${wei}`),
    books: { ...books, paid: books.paid.map(String) },
    events,
    effects: effectRows.filter(({ key }) => isOfRun(key)).map(({ tool, key, state }) => masked(`${tool} ${key} ${state}`)).toSorted(),
    lines: lines.filter(({ key }) => isOfRun(key)).map(({ key, name, by, policy, state, costWei }) => masked([key, name, by, policy, state, costWei].join(' '))).toSorted(),
    epochs: (await listEpochs(store, {})).map(({ number, state }) => `${number} ${state}`),
    adapters: (await listAdapters(store, {})).map(({ digest }) => digest),
  }
} // prettier-ignore
