import { datanetPools } from '../abis/datanetPools.ts'
import { datanetRegistry } from '../abis/datanetRegistry.ts'
import { disputes } from '../abis/disputes.ts'
import { feeEscrow } from '../abis/feeEscrow.ts'
import { modelRegistry } from '../abis/modelRegistry.ts'
import { openGovernor } from '../abis/openGovernor.ts'
import { openTimelock } from '../abis/openTimelock.ts'
import { openToken } from '../abis/openToken.ts'
import { payeeEscrow } from '../abis/payeeEscrow.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { rewardVault } from '../abis/rewardVault.ts'
import { ruleRegistry } from '../abis/ruleRegistry.ts'
import { staking } from '../abis/staking.ts'

/** ABI and code of every contract, by its name in a deployment. */
export const compiledContracts = {
  openToken,
  openTimelock,
  openGovernor,
  ruleRegistry,
  datanetRegistry,
  modelRegistry,
  payeeEscrow,
  rewardVault,
  datanetPools,
  feeEscrow,
  staking,
  disputes,
  retrainBond,
} as const
