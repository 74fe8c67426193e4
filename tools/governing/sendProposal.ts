import { propose, readProposal, type Chain, type ProposalContent } from '../../chain/index.ts'
import type { Digest } from '../../kernel/index.ts'

/** Sends a proposal, once, and says when it is voted on. Throws as propose does. */
export async function sendProposal(chain: Chain, content: ProposalContent) {
  const { id, tx } = await propose(chain, content)
  const { votesFrom, votesUntil } = await readProposal(chain, id)
  return { proposal: id, transaction: tx as Digest, votesFrom, votesUntil }
}
