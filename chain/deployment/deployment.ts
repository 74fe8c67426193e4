import { z } from 'zod'
import { addressString, digestString, ppmInteger, weiString } from '../../kernel/index.ts'
import { localChainId } from '../anvil/anvilCommand.ts'

/** The contracts by the names that the rest of the room uses. */
export const contractNames = [
  'openToken',
  'rewardVault',
  'payeeEscrow',
  'feeEscrow',
  'datanetRegistry',
  'modelRegistry',
  'retrainBond',
] as const
export type ContractName = (typeof contractNames)[number]

const contractsSchema = z.object(
  Object.fromEntries(contractNames.map((name) => [name, addressString])) as Record<ContractName, typeof addressString>,
)
export type Contracts = z.infer<typeof contractsSchema>

/** Terms of RetrainBond, as IRetrainBond.sol has them. */
const bondTermsSchema = z.object({
  minBondWei: weiString,
  reportBondWei: weiString,
  picks: z.int().min(1),
  drawDelayBlocks: z.int().min(1),
  commitSeconds: z.int().min(1),
  revealSeconds: z.int().min(1),
  finderPpm: ppmInteger,
})
export type BondTerms = z.infer<typeof bondTermsSchema>

/**
 * 100 OPEN at stake, 10 a report, 2 members drawn. On a local chain a stranger has ten minutes to train them again;
 * elsewhere three days to report and one to open reports, and the draw waits until its block will not be replaced.
 */
export function defaultBondTerms(chainId: number): BondTerms {
  const isLocal = chainId === localChainId
  return bondTermsSchema.parse({
    minBondWei: (100n * 10n ** 18n).toString(),
    reportBondWei: (10n * 10n ** 18n).toString(),
    picks: 2,
    drawDelayBlocks: isLocal ? 1 : 16,
    commitSeconds: isLocal ? 600 : 259_200,
    revealSeconds: isLocal ? 300 : 86_400,
    finderPpm: 500_000,
  })
}

/** What the contracts are built with; immutable on chain. */
export const parametersSchema = z.object({
  supplyWei: weiString,
  challengeSeconds: z.int().min(0),
  maxTreasuryPpm: ppmInteger,
  operator: addressString,
  treasury: addressString,
  steward: addressString,
  bond: bondTermsSchema,
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

const recordSchema = z.object({
  v: z.literal(1),
  chainId: z.int(),
  /** Digest of the compiled sources. */
  sources: digestString,
  parameters: parametersSchema.partial({ bond: true }),
  steps: z.array(stepSchema),
  /** Only in a finished one; one of an earlier version lacks contracts that came later. */
  contracts: contractsSchema.partial().optional(),
  fromBlock: z.int().optional(),
})

/** Records of the time before RetrainBond have no terms of it: there it is deployed with the defaults. */
export const deploymentFileSchema = recordSchema.transform(({ parameters, ...file }) => ({
  ...file,
  parameters: { ...parameters, bond: parameters.bond ?? defaultBondTerms(file.chainId) },
}))
export type DeploymentFile = z.infer<typeof deploymentFileSchema>

/** A finished deployment: what `openChain` needs. */
export type Deployment = DeploymentFile & { contracts: Contracts; fromBlock: number }
