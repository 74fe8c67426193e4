import { adoptEngineCall } from '../chain/index.ts'
import { writeProposalText } from './governing/proposalText.ts'
import { sendProposal } from './governing/sendProposal.ts'
import type { proposeEngine } from './proposeEngine.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof proposeEngine> = async ({ engine, evidence, why }, { chain, governed, blobs }) => {
  const { document, digest } = governed.engineOf(engine)
  // What is put before the voters must be there to be read.
  await blobs.get(evidence)
  const description = writeProposalText({ v: 1, kind: 'engine', why, engine: digest, document, evidence })
  return sendProposal(chain, { calls: [adoptEngineCall(chain.contracts, { digest, report: evidence })], description })
}
