import type { backtestPage } from './backtestPage.ts'
import { drawBacktest } from './governing/drawBacktest.ts'
import { readBacktest } from './governing/readBacktest.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof backtestPage> = async ({ report: digest }, ctx) => {
  const report = await readBacktest(ctx, digest)
  return { report, html: drawBacktest(report, digest) }
}
