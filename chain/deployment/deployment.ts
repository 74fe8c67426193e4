import { z } from 'zod'
import { addressString, digestString } from '../../kernel/index.ts'
import { parametersSchema } from './parameters.ts'

/**
 * The contracts by the names that the rest of the room uses, in the order in which they are deployed. Their addresses are
 * known before the first is sent, so that contracts that know each other are built so, and nothing is handed over later.
 */
export const contractNames = [
  'openToken',
  'openTimelock',
  'openGovernor',
  'ruleRegistry',
  'datanetRegistry',
  'modelRegistry',
  'payeeEscrow',
  'rewardVault',
  'datanetPools',
  'feeEscrow',
  'staking',
  'disputes',
  'retrainBond',
] as const
export type ContractName = (typeof contractNames)[number]

const contractsSchema = z.object(
  Object.fromEntries(contractNames.map((name) => [name, addressString])) as Record<ContractName, typeof addressString>,
)
export type Contracts = z.infer<typeof contractsSchema>

/** All steps are written before the first transaction is sent, so that a kill anywhere is seen at the next run. */
export const stepSchema = z.object({
  contract: z.enum(contractNames),
  address: addressString,
  /** The deployer's nonce that makes this address. */
  nonce: z.int().min(0),
  tx: digestString.optional(),
  block: z.int().optional(),
})
export type DeploymentStep = z.infer<typeof stepSchema>

/** Records of version 1 are of the time before the timelock was the admin of everything: no code of today opens them. */
export const deploymentVersion = 2

export const deploymentFileSchema = z.object({
  v: z.literal(deploymentVersion),
  chainId: z.int(),
  /** Digest of the compiled sources. */
  sources: digestString,
  parameters: parametersSchema,
  /** One for each contract, in their order. */
  steps: z.array(stepSchema),
  /** Only in a finished one. */
  contracts: contractsSchema.optional(),
  fromBlock: z.int().optional(),
})
export type DeploymentFile = z.infer<typeof deploymentFileSchema>

/** A finished deployment: what `openChain` needs. */
export type Deployment = DeploymentFile & { contracts: Contracts; fromBlock: number }
