import {
  channelBuyer,
  createPayingFetch,
  ensureOpen,
  readBalance,
  type OwnChannels,
  type SignedPayment,
} from '../../../chain/index.ts'
import { TributaryError, type Address } from '../../../kernel/index.ts'
import { chatRequest, quoteFor, runTool } from '../../../tools/index.ts'
import { boundTools } from '../../../tools/boundTools.ts'
import type { Row } from '../../renderTable.ts'
import { judged } from '../engine/judged.ts'
import { median } from '../engine/median.ts'
import type { MoneyContext } from './MoneyContext.ts'
import { quantile } from './exactPart.ts'
import { openSellingSystem } from './openSellingSystem.ts'

const answers = 1_100
const warmUp = 20

/**
 * Answers paid by one payment channel, one after another, by the real client. The engine answers at once, so a whole sale at the gateway is
 * what paying adds to an answer (voucher, reservation, receipt, both stored), and what an answer takes that nobody pays for: its model
 * is looked up and its tokens are counted. That is timed beside it, for the same request, and taken off. Then all of them are settled, which
 * must be one transaction, and the escrow must have what was charged.
 */
export async function channelsPart({ say }: MoneyContext): Promise<Row[]> {
  const system = await openSellingSystem()
  try {
    const { chain, keys } = system.ctx
    const [whole, unpaid]: [number[], number[]] = [[], []]
    const { seller } = system
    const { sell } = seller
    seller.sell = async (...sale) => {
      const start = performance.now()
      await quoteFor(sale[0], system.ctx)
      const quotedAt = performance.now()
      const sold = await sell(...sale)
      whole.push(performance.now() - quotedAt)
      unpaid.push(quotedAt - start)
      return sold
    }
    const body = (i: number) => ({
      model: system.model,
      messages: [{ role: 'user' as const, content: `What of river ${String(i).padStart(4, '0')}?` }],
      max_tokens: 8,
    })
    const { feeWei } = await quoteFor(chatRequest.parse(body(0)), system.ctx)
    const depositWei = feeWei * BigInt(2 * answers)
    await ensureOpen(chain, { account: keys.buyer.address as Address, wei: depositWei })
    const scheme = channelBuyer(chain, { account: keys.buyer, own: keptInMemory(), depositWei })
    let signed: SignedPayment | undefined
    const pay = createPayingFetch({
      account: keys.buyer,
      scheme,
      chainId: chain.chainId,
      asset: chain.contracts.openToken,
      reserve: () => undefined,
      onPayment: (payment) => void (signed = payment),
    })
    say(`channels: ${answers} answers by one channel`)
    let start = 0
    for (let i = 0; i < answers + warmUp; i++) {
      if (i === warmUp) start = performance.now()
      const response = await pay(`${system.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body(i)),
      })
      if (!response.ok) throw refused(response.status, await response.text())
      await response.text()
      await scheme.answered?.(signed!, response)
    }
    const seconds = (performance.now() - start) / 1_000
    const escrow = chain.contracts.feeEscrow
    const before = await readBalance(chain, escrow)
    const tool = boundTools.find(({ definition }) => definition.name === 'settle_channels')!
    const settled = (await runTool(
      tool,
      { force: true },
      {
        ...system.ctx,
        call: { face: 'activity', effectKey: 'bench/settle' },
      },
    )) as { answers: number; settledWei: string; transactions: `0x${string}`[] }
    const moved = (await readBalance(chain, escrow)) - before
    if (settled.transactions.length !== 1 || moved !== BigInt(settled.settledWei)) {
      throw new TributaryError('The channel was not settled by one transaction.', {
        code: 'evals/settlement',
        facts: {
          transactions: settled.transactions.length,
          movedWei: moved.toString(),
          settledWei: settled.settledWei,
        },
        tryThis: 'look into tools/paying/claimAndSettle.ts',
      })
    }
    const { gasUsed } = await chain.reader.getTransactionReceipt({ hash: settled.transactions[0]! })
    const added = whole.map((ms, i) => ms - unpaid[i]!).slice(warmUp)
    return [
      judged(
        { figure: 'added by paying by channel: verify + reserve + receipt, p50', value: median(added), unit: 'ms' },
        { of: 'value', most: 4 },
      ),
      {
        figure: 'added by paying by channel: verify + reserve + receipt, p99',
        value: quantile(added, 0.99),
        unit: 'ms',
      },
      { figure: 'the whole sale by channel, p50', value: median(whole.slice(warmUp)), unit: 'ms' },
      judged(
        { figure: 'answers per settlement', value: settled.answers, unit: 'answers' },
        { of: 'value', least: 1_000, note: 'in one transaction' },
      ),
      { figure: 'the settlement of them all', value: Number(gasUsed), unit: 'gas' },
      { figure: 'answers by one channel, one after another', value: answers / seconds, unit: '/s' },
    ]
  } finally {
    await system.close()
  }
}

function keptInMemory(): OwnChannels {
  type Context = NonNullable<Awaited<ReturnType<OwnChannels['storage']['get']>>>
  type Deposit = NonNullable<Awaited<ReturnType<OwnChannels['findDeposit']>>>
  const contexts = new Map<string, Context>()
  const deposits = new Map<string, Deposit>()
  return {
    storage: {
      get: async (key) => contexts.get(key.toLowerCase()),
      set: async (key, context) => void contexts.set(key.toLowerCase(), context),
      delete: async (key) => void contexts.delete(key.toLowerCase()),
    },
    findDeposit: async (channel) => deposits.get(channel),
    saveDeposit: async (channel, kept) => void (kept ? deposits.set(channel, kept) : deposits.delete(channel)),
  }
}

function refused(status: number, text: string): TributaryError {
  return new TributaryError('An answer was not sold by a channel.', {
    code: 'evals/unsold',
    facts: { status, body: text.slice(0, 300) },
    tryThis: 'look at the log of the gateway',
  })
}
