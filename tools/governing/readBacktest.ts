import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { backtestReport, type BacktestReport } from './backtestReport.ts'

/** A stored back-test by its digest. Throws blobs/not-found, blobs/digest-mismatch, tools/no-backtest for other content. */
export async function readBacktest({ blobs }: Pick<ToolContext, 'blobs'>, digest: Digest): Promise<BacktestReport> {
  const parsed = backtestReport.safeParse(asJson(await blobs.get(digest)))
  if (parsed.success) return parsed.data
  throw new TributaryError('What is stored under this digest is no back-test.', {
    code: 'tools/no-backtest',
    facts: { digest },
    tryThis: 'make one: tributary rule backtest <rule.json>',
  })
}

function asJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined // a blob of another kind
  }
}
