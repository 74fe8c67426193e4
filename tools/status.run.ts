import { findError } from '../kernel/index.ts'
import { gpuQueue } from '../models/index.ts'
import { currentEpoch, listAdapters, listEpochs, receiptsAwaitingEpoch } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import type { Run } from './runTool.ts'
import type { status } from './status.ts'

type Part = { part: string; state: 'up' | 'down' | 'off'; where: string; tryThis?: string }

export const run: Run<typeof status> = async (_, ctx) => {
  const { chain, store, workflows, engine, answers, home, gatewayUrl } = ctx
  const temporal = workflows.address()
  const parts: Part[] = [
    { part: 'gateway', state: 'up', where: `${gatewayUrl()}/v1` },
    await probe(
      'temporal',
      temporal.ui ?? temporal.server,
      () => workflows.describe('status-probe'),
      'end this process and run npm start again',
    ),
    await probe(
      'chain',
      `${chain.rpcUrl} (chain ${chain.chainId})`,
      () => chain.reader.getBlockNumber(),
      'end this process and run npm start again, or check CHAIN_RPC_URL',
    ),
    await probe(
      'database',
      store.kind === 'pglite' ? home.pg : 'DATABASE_URL',
      () => currentEpoch(store, {}),
      'check DATABASE_URL, or the free space of the home folder',
    ),
    { part: 'engine', state: 'up', where: `${engine.base.name}, ${engine.stamp.runtime}, ${engine.stamp.cpu}` },
    await described('answers', () => answers.describe()),
    await gpuWorkers(workflows),
    { part: 'payments', state: 'up', where: waysToPay(ctx) },
    { part: 'home', state: 'up', where: home.dir },
  ]
  const { number: epoch } = await currentEpoch(store, {})
  const closed = (await listEpochs(store, {})).reduce((sum, { receiptCount }) => sum + (receiptCount ?? 0), 0)
  const waiting = (await receiptsAwaitingEpoch(store, {})).length
  return { parts, epoch, models: (await listAdapters(store, {})).length, receipts: closed + waiting, waiting }
}

/** The schemes that are on; and where the contracts of x402 that they need are stand-ins of ours. */
function waysToPay({ schemes, chain }: ToolContext): string {
  const on = schemes.map(({ id }) => id).join(', ')
  const places = new Set(Object.values(chain.published))
  if (places.has('stand-in')) return `${on} (x402’s contracts are stand-ins of ours on this local chain)`
  return places.has('absent') ? `${on} (the other schemes need contracts of x402 that are not on this chain)` : on
}

/** Whoever polls Temporal's queue for the training that --device gpu asks for. */
async function gpuWorkers(workflows: ToolContext['workflows']): Promise<Part> {
  const part = 'gpu worker'
  try {
    const polling = await workflows.pollers(gpuQueue)
    if (polling.length > 0) return { part, state: 'up', where: polling.join('; ') }
    return { part, state: 'off', where: 'none polls; tributary gpu starts one, for training with --device gpu' }
  } catch {
    return { part, state: 'down', where: `queue ${gpuQueue}`, tryThis: 'see temporal' }
  }
}

/** A part that says itself where it is, or why it is not. */
async function described(part: string, describe: () => Promise<string>): Promise<Part> {
  try {
    return { part, state: 'up', where: await describe() }
  } catch (failure) {
    const coded = findError(failure)
    return {
      part,
      state: 'down',
      where: coded?.message ?? 'does not answer',
      tryThis: coded?.tryThis ?? 'look at the log',
    }
  }
}

async function probe(part: string, where: string, look: () => Promise<unknown>, tryThis: string): Promise<Part> {
  try {
    await look()
    return { part, state: 'up', where }
  } catch {
    return { part, state: 'down', where, tryThis } // the log has the reason; here counts what to do
  }
}
