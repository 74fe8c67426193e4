import { readBond } from '../chain/index.ts'
import { toWeiString } from '../kernel/index.ts'
import type { bondStatus } from './bondStatus.ts'
import type { Run } from './runTool.ts'
import { caseForWire, verdictOf } from './verifying/verdictOf.ts'

export const run: Run<typeof bondStatus> = async ({ adapter }, { chain }) => {
  const bond = await readBond(chain, adapter)
  return {
    adapter,
    verdict: verdictOf(bond),
    poster: bond?.poster ?? null,
    bondWei: toWeiString(bond?.bondWei ?? 0n),
    lockedWei: toWeiString(bond?.lockedWei ?? 0n),
    bundle: bond?.bundle ?? null,
    members: bond?.members ?? 0,
    drawBlock: bond?.drawBlock ?? 0,
    cases: (bond?.cases ?? []).map(caseForWire),
  }
}
