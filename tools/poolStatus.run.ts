import { listProposals, readPool } from '../chain/index.ts'
import { digestText, toWeiString } from '../kernel/index.ts'
import { listEpochs } from '../store/index.ts'
import { readProposalText } from './governing/proposalText.ts'
import type { poolStatus } from './poolStatus.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof poolStatus> = async ({ datanet }, { chain, store }) => {
  const id = digestText(datanet)
  const { balanceWei, moves } = await readPool(chain, id)
  const reasons = new Map<string, string>()
  for (const { description } of await listProposals(chain)) {
    const text = readProposalText(description)
    if (text?.kind === 'pool') reasons.set(text.reason, text.why)
  }
  const epochs = new Map((await listEpochs(store, {})).map(({ closeTx, number }) => [closeTx, number]))
  const sum = (kind: string) => moves.reduce((all, move) => (move.kind === kind ? all + move.wei : all), 0n)
  return {
    datanet,
    id,
    balanceWei: toWeiString(balanceWei),
    creditedWei: toWeiString(sum('credited')),
    spentWei: toWeiString(sum('spent')),
    moves: moves.map((move) => ({
      kind: move.kind,
      wei: toWeiString(move.wei),
      to: move.kind === 'spent' ? move.to : null,
      why: move.kind === 'spent' ? (reasons.get(move.reason) ?? null) : null,
      epoch: move.kind === 'credited' ? (epochs.get(move.tx) ?? null) : null,
      transaction: move.tx,
    })),
  }
}
