import { monitorEventLoopDelay } from 'node:perf_hooks'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { growRewardTree } from '../../../chain/index.ts'
import { rewardLeaves } from './rewardLeaves.ts'

/**
 * `node growOnce.ts ours|openzeppelin LEAVES`: grows one tree in a fresh process, so that what it takes of memory is its own, and says
 * so on stdout as JSON. Leaves are made before the clock starts.
 */
const [who, count] = process.argv.slice(2)
const columns = rewardLeaves(Number(count))
const values = who === 'ours' ? [] : pairsOf(columns)
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const start = performance.now()
const { root } = who === 'ours' ? await growRewardTree(columns) : StandardMerkleTree.of(values, ['bytes32', 'uint256'])
const seconds = (performance.now() - start) / 1_000
delay.disable()
const peakMiB = process.resourceUsage().maxRSS / 1_024
console.log(JSON.stringify({ root, seconds, peakMiB, longestHoldMs: delay.max / 1e6 }))

function pairsOf({ keys, amounts }: ReturnType<typeof rewardLeaves>): [string, string][] {
  return Array.from({ length: keys.length / 32 }, (_, i) => {
    const key = Buffer.from(keys.subarray(32 * i, 32 * i + 32)).toString('hex')
    const amount = Buffer.from(amounts.subarray(16 * i, 16 * i + 16)).toString('hex')
    return [`0x${key}`, BigInt(`0x${amount}`).toString()]
  })
}
