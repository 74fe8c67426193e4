import { readStake } from '../chain/index.ts'
import { stakerOf } from './disputing/stakerOf.ts'
import type { Run } from './runTool.ts'
import type { stakeOf } from './stakeOf.ts'

export const run: Run<typeof stakeOf> = async ({ role, account: given }, { chain, keys }) => {
  const account = given ?? stakerOf(keys, role).account
  return { account, role, ...(await readStake(chain, { account, role })) }
}
