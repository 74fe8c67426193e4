import type { Digest } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { scoringReport, type ScoringReport } from './scoringReport.ts'

/** The report of an epoch's scoring by its digest. Throws blobs/not-found, blobs/digest-mismatch. */
export async function readScoringReport({ blobs }: Pick<ToolContext, 'blobs'>, digest: Digest): Promise<ScoringReport> {
  return scoringReport.parse(JSON.parse(new TextDecoder().decode(await blobs.get(digest))))
}
