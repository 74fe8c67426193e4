import { ballotOf as readBallot, readVotes } from '../chain/index.ts'
import type { ballotOf } from './ballotOf.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof ballotOf> = async (input, { chain }) => {
  const { votesWei, delegate } = await readVotes(chain, input.voter)
  const ballot = await readBallot(chain, input)
  const typedData = JSON.stringify(ballot, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  return { typedData, votesWei: votesWei.toString(), delegate: delegate ?? null }
}
