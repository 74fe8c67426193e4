import { appendTrace, listTrace } from '../store/index.ts'
import type { fileFinding } from './fileFinding.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof fileFinding> = async (found, { store, now }) => {
  const subject = findingsOf(found.epoch)
  const key = `${found.receipt}/${found.check}`
  await appendTrace(store, { subject, key, kind: 'finding', body: found, atMs: now() })
  const lines = await listTrace(store, { subject })
  const line = lines.find((one) => one.key === key)!
  return { finding: line.digest, findings: lines.length }
}

export const findingsOf = (epoch: number) => `findings/${epoch}`
