import { listTrace } from '../store/index.ts'
import { finding } from './fileFinding.ts'
import { findingsOf } from './fileFinding.run.ts'
import type { listFindings } from './listFindings.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof listFindings> = async ({ epoch }, { store }) => {
  const lines = await listTrace(store, { subject: findingsOf(epoch) })
  return {
    findings: lines.map(({ body, digest, atMs }) => ({
      ...finding.parse(JSON.parse(body)),
      digest,
      filedAt: new Date(atMs).toISOString(),
    })),
  }
}
