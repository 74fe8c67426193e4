import { z } from 'zod'
import { addressString, digestString, ppmInteger, weiString } from '../../kernel/index.ts'

/** The contracts by the names that the rest of the room uses. */
export const contractNames = [
  'openToken',
  'rewardVault',
  'payeeEscrow',
  'feeEscrow',
  'datanetRegistry',
  'modelRegistry',
] as const
export type ContractName = (typeof contractNames)[number]

const contractsSchema = z.object(
  Object.fromEntries(contractNames.map((name) => [name, addressString])) as Record<ContractName, typeof addressString>,
)
export type Contracts = z.infer<typeof contractsSchema>

/** What the contracts are built with; immutable on chain. */
export const parametersSchema = z.object({
  supplyWei: weiString,
  challengeSeconds: z.int().min(0),
  maxTreasuryPpm: ppmInteger,
  operator: addressString,
  treasury: addressString,
  steward: addressString,
})
export type DeploymentParameters = z.infer<typeof parametersSchema>

/** A step is written before its transaction is sent, so that a kill between the two is seen at the next run. */
export const stepSchema = z.object({
  contract: z.enum(contractNames),
  address: addressString,
  /** The operator's nonce that makes this address. */
  nonce: z.int().min(0),
  tx: digestString.optional(),
  block: z.int().optional(),
})
export type DeploymentStep = z.infer<typeof stepSchema>

export const deploymentFileSchema = z.object({
  v: z.literal(1),
  chainId: z.int(),
  /** Digest of the compiled sources. */
  sources: digestString,
  parameters: parametersSchema,
  steps: z.array(stepSchema),
  /** Only in a finished one. */
  contracts: contractsSchema.optional(),
  fromBlock: z.int().optional(),
})
export type DeploymentFile = z.infer<typeof deploymentFileSchema>

/** A finished deployment: what `openChain` needs. */
export type Deployment = DeploymentFile & { contracts: Contracts; fromBlock: number }
