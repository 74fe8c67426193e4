import { ExactEvmScheme } from '@x402/evm/exact/client'
import { wrapFetchWithPayment, x402Client } from '@x402/fetch'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { networkOf } from '../../../chain/index.ts'
import { TributaryError } from '../../../kernel/index.ts'
import { chatRequest, quoteFor } from '../../../tools/index.ts'
import type { Row } from '../../renderTable.ts'
import { judged } from '../engine/judged.ts'
import { median } from '../engine/median.ts'
import type { MoneyContext } from './MoneyContext.ts'
import { openBareShop } from './bareShop.ts'
import { openSellingSystem } from './openSellingSystem.ts'

const answers = 300
const warmUp = 50

/**
 * One answer bought by `exact`, from the first request to the whole response, by the same @x402/fetch: from our gateway, which reserves,
 * stores, signs a receipt and settles once; and from the bare packages, which do none of that. In turns, one after another.
 */
export async function exactPart({ say }: MoneyContext): Promise<Row[]> {
  const system = await openSellingSystem()
  const runDir = mkdtempSync(join(tmpdir(), 'tributary-bare-'))
  try {
    const { chain, keys } = system.ctx
    const body = (i: number) => ({
      model: system.model,
      messages: [{ role: 'user' as const, content: `What of river ${String(i).padStart(4, '0')}?` }],
      max_tokens: 8,
    })
    const { feeWei } = await quoteFor(chatRequest.parse(body(0)), system.ctx)
    const bare = await openBareShop(chain, { amountWei: feeWei, runDir })
    const client = new x402Client()
      .register(networkOf(chain.chainId), new ExactEvmScheme(keys.buyer))
      .setSpendControls({ allowedAssets: true })
    const pay = wrapFetchWithPayment(globalThis.fetch, client)
    const buy = async (url: string, i: number): Promise<number> => {
      const start = performance.now()
      const response = await pay(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body(i)),
      })
      const text = await response.text()
      if (response.status !== 200 || !response.headers.has('PAYMENT-RESPONSE')) throw unsold(url, response.status, text)
      return performance.now() - start
    }
    say(`exact: ${answers} answers in turns`)
    const [ours, theirs]: [number[], number[]] = [[], []]
    for (let i = -warmUp; i < answers; i++) {
      const pair = [await buy(system.url, 2 * i + 2 * warmUp), await buy(bare.url, 2 * i + 2 * warmUp + 1)] as const
      if (i < 0) continue
      ours.push(pair[0])
      theirs.push(pair[1])
    }
    await bare.close()
    const figures = [
      ['p50', median(ours), median(theirs)],
      ['p99', quantile(ours, 0.99), quantile(theirs, 0.99)],
    ] as const
    return figures.map(([name, value, peerValue]) =>
      judged(
        {
          figure: `an answer by exact from end to end, ${name}`,
          value,
          unit: 'ms',
          peer: '@x402/hono and @x402/fetch alone',
          peerValue,
        },
        name === 'p50' ? { of: 'ratio', most: 1.2 } : undefined,
      ),
    )
  } finally {
    await system.close()
    rmSync(runDir, { recursive: true, force: true })
  }
}

/** The value below which so large a part of them lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)]!
}

function unsold(url: string, status: number, text: string): TributaryError {
  return new TributaryError('An answer was not sold.', {
    code: 'evals/unsold',
    facts: { url, status, body: text.slice(0, 300) },
    tryThis: 'look at the log of the gateway',
  })
}
