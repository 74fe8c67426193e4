import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { TributaryError } from '../../../kernel/index.ts'
import type { Row } from '../../renderTable.ts'
import { judged } from '../engine/judged.ts'
import { median } from '../engine/median.ts'
import type { MoneyContext } from './MoneyContext.ts'

type Grown = { root: string; seconds: number; peakMiB: number; longestHoldMs: number }

const rounds = 3

/**
 * The reward tree of an epoch: seconds from columns to root and proofs, and the most memory of the whole process, each tree in a
 * fresh one. OpenZeppelin's library grows 1e5 leaves beside it, and both must come to the same root.
 */
export async function treePart({ say }: MoneyContext): Promise<Row[]> {
  const run = async (who: 'ours' | 'openzeppelin', leaves: number): Promise<Grown> => {
    const program = fileURLToPath(new URL('growOnce.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [program, who, String(leaves)])
    return JSON.parse(stdout) as Grown
  }
  const [large, small, peers]: [Grown[], Grown[], Grown[]] = [[], [], []]
  for (let round = 0; round < rounds; round++) {
    say(`trees, round ${round + 1} of ${rounds}`)
    large.push(await run('ours', 1_000_000))
    small.push(await run('ours', 100_000))
    // One round of the peer is half a minute.
    if (round === 0) peers.push(await run('openzeppelin', 100_000))
  }
  if (small[0]!.root !== peers[0]!.root) {
    throw new TributaryError('Our tree of 1e5 leaves is not OpenZeppelin’s.', {
      code: 'evals/tree-differs',
      facts: { ours: small[0]!.root, theirs: peers[0]!.root },
      tryThis: 'run the tests of chain/merkle',
    })
  }
  const of = (grown: readonly Grown[], what: 'seconds' | 'peakMiB' | 'longestHoldMs'): number =>
    median(grown.map((one) => one[what]))
  const peer = '@openzeppelin/merkle-tree'
  return [
    judged({ figure: 'tree 1e6 leaves s', value: of(large, 'seconds'), unit: 's' }, { of: 'value', most: 10 }),
    judged(
      { figure: 'tree 1e6 leaves, most memory of the process', value: of(large, 'peakMiB'), unit: 'MiB' },
      { of: 'value', most: 600 },
    ),
    {
      figure: 'tree 1e6 leaves, longest time the event loop was held',
      value: of(large, 'longestHoldMs'),
      unit: 'ms',
    },
    judged({
      figure: 'tree 1e5 leaves s',
      value: of(small, 'seconds'),
      unit: 's',
      peer,
      peerValue: of(peers, 'seconds'),
    }),
    judged({
      figure: 'tree 1e5 leaves, most memory of the process',
      value: of(small, 'peakMiB'),
      unit: 'MiB',
      peer,
      peerValue: of(peers, 'peakMiB'),
    }),
  ]
}
