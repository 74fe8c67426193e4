import { keccak256, stringToBytes, zeroHash, type Hex } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { datanetRegistry } from '../abis/datanetRegistry.ts'
import type { ChainReader } from '../client/createClients.ts'
import type { ContractName, Contracts } from './deployment.ts'
import type { DeploymentParameters } from './parameters.ts'

/** Roles by the names that the contracts hash. `DEFAULT_ADMIN_ROLE` gives and takes all others. */
export const roleIds = {
  DEFAULT_ADMIN_ROLE: zeroHash,
  OPERATOR_ROLE: idOf('OPERATOR_ROLE'),
  PAUSER_ROLE: idOf('PAUSER_ROLE'),
  STEWARD_ROLE: idOf('STEWARD_ROLE'),
  RESOLVER_ROLE: idOf('RESOLVER_ROLE'),
  DISPUTES_ROLE: idOf('DISPUTES_ROLE'),
  PROPOSER_ROLE: idOf('PROPOSER_ROLE'),
  CANCELLER_ROLE: idOf('CANCELLER_ROLE'),
  EXECUTOR_ROLE: idOf('EXECUTOR_ROLE'),
} as const
export type RoleName = keyof typeof roleIds

/** The contracts that have roles, and which; every one has an admin as well. */
export const rolesOf = {
  openTimelock: ['PROPOSER_ROLE', 'CANCELLER_ROLE', 'EXECUTOR_ROLE'],
  datanetRegistry: ['OPERATOR_ROLE'],
  modelRegistry: ['OPERATOR_ROLE'],
  payeeEscrow: ['STEWARD_ROLE'],
  rewardVault: ['OPERATOR_ROLE', 'PAUSER_ROLE', 'DISPUTES_ROLE'],
  feeEscrow: ['OPERATOR_ROLE'],
  staking: ['DISPUTES_ROLE'],
  disputes: ['RESOLVER_ROLE'],
} as const satisfies Partial<Record<ContractName, readonly RoleName[]>>

export type RoleHolders = { contract: keyof typeof rolesOf; role: RoleName; holders: Address[] }

/** Who holds which role of which contract, read from the chain: all of them, since roles are enumerable there. */
export async function readRoles(chain: { reader: ChainReader; contracts: Contracts }): Promise<RoleHolders[]> {
  const { reader, contracts } = chain
  const names = Object.keys(rolesOf) as (keyof typeof rolesOf)[]
  const wanted = names.flatMap((contract) =>
    (['DEFAULT_ADMIN_ROLE', ...rolesOf[contract]] as const).map((role) => ({ contract, role })),
  )
  return Promise.all(
    wanted.map(async ({ contract, role }) => {
      const holders = await reader.readContract({
        address: contracts[contract],
        // All of them have the same functions for it.
        abi: datanetRegistry.abi,
        functionName: 'getRoleMembers',
        args: [roleIds[role]],
      })
      return { contract, role, holders: holders.map((account) => account.toLowerCase() as Address) }
    }),
  )
}

/** Who holds a role at genesis. The admin, and what contracts hold, stays so for the life of a deployment. */
export function genesisHolders(role: RoleName, contracts: Contracts, { roles }: DeploymentParameters): Address[] {
  const holders: Record<RoleName, Address[]> = {
    DEFAULT_ADMIN_ROLE: [contracts.openTimelock],
    PROPOSER_ROLE: [contracts.openGovernor],
    CANCELLER_ROLE: [contracts.openGovernor],
    EXECUTOR_ROLE: [anybody],
    DISPUTES_ROLE: [contracts.disputes],
    OPERATOR_ROLE: roles.operators,
    PAUSER_ROLE: roles.pausers,
    STEWARD_ROLE: roles.stewards,
    RESOLVER_ROLE: roles.resolvers,
  }
  return holders[role]
}

/** The timelock reads a role of the zero address as one of everybody. */
const anybody = `0x${'0'.repeat(40)}` as Address

function idOf(name: string): Hex {
  return keccak256(stringToBytes(name))
}
