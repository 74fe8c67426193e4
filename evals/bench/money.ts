import { versionOfPackage } from '../describeMachine.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'
import { measureParts } from './engine/measureParts.ts'
import { channelsPart } from './money/channelsPart.ts'
import { exactPart } from './money/exactPart.ts'
import { gasPart } from './money/gasPart.ts'
import { treePart } from './money/treePart.ts'

const measures = { tree: treePart, gas: gasPart, exact: exactPart, channels: channelsPart }

export const parts = Object.keys(measures)

/**
 * What money costs: reward trees, gas of each step on a real anvil, paying for an answer against the bare x402 packages on the same
 * chain, and by channels. Medians; run it on an idle machine: each part notes the load that it met. Cost: 5 minutes.
 */
export async function run({
  seed,
  say,
  only,
}: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const packages = ['@openzeppelin/merkle-tree', '@openzeppelin/contracts', 'solc', '@x402/core', '@x402/hono']
  const versions = Object.fromEntries(packages.map((name) => [name, versionOfPackage(name)]))
  const noteVersions = (found: Record<string, string>): unknown => Object.assign(versions, found)
  const rows = await measureParts(measures, { say, ...(only ? { only } : {}) }, { seed, say, noteVersions })
  return { rows, versions }
}
