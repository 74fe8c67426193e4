import { answerDispute as answerOnChain, endDispute } from '../chain/index.ts'
import { TributaryError } from '../kernel/index.ts'
import type { answerDispute } from './answerDispute.ts'
import { senderWith } from './disputing/senderWith.ts'
import { statusOf } from './disputing/statusOf.ts'
import { storeStatement } from './disputing/storeStatement.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof answerDispute> = async ({ id, answer: text, concede }, ctx) => {
  const { accused, subject, bondWei } = await statusOf(ctx.chain, id)
  const signer = [ctx.keys.operator, ctx.keys.server].find(({ address }) => address.toLowerCase() === accused)
  if (signer === undefined) {
    throw new TributaryError('This dispute accuses somebody else.', {
      code: 'tools/other-accused',
      facts: { id, accused },
      tryThis: 'answer from the home that holds the key of the accused',
    })
  }
  const chain = await senderWith(ctx, signer, concede ? 0n : BigInt(bondWei))
  const answer = await storeStatement(ctx, { kind: 'answer', subject, text })
  const { tx } = concede
    ? await endDispute(chain, { id, end: { by: 'accused' } })
    : await answerOnChain(chain, { id, answer })
  return { ...(await statusOf(chain, id)), transaction: tx }
}
