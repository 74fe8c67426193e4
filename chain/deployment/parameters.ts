import { z } from 'zod'
import { addressString, digestString, ppmInteger, weiString, type Address } from '../../kernel/index.ts'
import { localChainId } from '../anvil/anvilCommand.ts'
import type { Keys } from '../keys/loadOrCreateKeys.ts'

const seconds = z.int().min(0)

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

/** Terms of Disputes, as IDisputes.sol has them. */
const disputeTermsSchema = z.object({
  bondWei: weiString,
  answerSeconds: z.int().min(1),
  decideSeconds: z.int().min(1),
  winnerPpm: ppmInteger,
  slashPpm: ppmInteger,
  finderPpm: ppmInteger,
})

/** Settings of OpenGovernor, and the delay of the timelock. */
const governanceSchema = z.object({
  timelockSeconds: seconds,
  votingDelaySeconds: seconds,
  votingPeriodSeconds: z.int().min(1),
  proposalThresholdWei: weiString,
  quorumPercent: z.int().min(0).max(100),
})

/** What RuleRegistry holds from the start: the rule by which fees are split and the version of the attribution engine. */
const genesisSchema = z.object({
  rule: digestString,
  treasuryPpm: ppmInteger,
  serverPpm: ppmInteger,
  modelOwnerPpm: ppmInteger,
  contributorsPpm: ppmInteger,
  engine: digestString,
})
export type Genesis = z.infer<typeof genesisSchema>

/** Who holds which role at genesis; governance alone changes it afterwards. */
const rolesSchema = z.object({
  operators: z.array(addressString),
  pausers: z.array(addressString),
  stewards: z.array(addressString),
  resolvers: z.array(addressString),
})

/** What the contracts are built with. Immutable on chain but for the roles and the settings of governance. */
export const parametersSchema = z.object({
  /** Sends the transactions of the deployment and gets the whole supply; it has no other right by that. */
  deployer: addressString,
  supplyWei: weiString,
  /** In which a proposed root can be challenged. */
  challengeSeconds: seconds,
  /** The most that treasury, and server with model owner, may take of an epoch, and that a rule may give them. */
  maxTreasuryPpm: ppmInteger,
  maxOperatorPpm: ppmInteger,
  /** The longest from an epoch's freeze to its closing, for refunds. */
  closingSeconds: seconds,
  /** From the request to replace a payee's lost key until it is replaced. */
  recoverySeconds: seconds,
  /** From asking a stake back until it can be withdrawn. */
  cooldownSeconds: seconds,
  roles: rolesSchema,
  genesis: genesisSchema,
  governance: governanceSchema,
  disputes: disputeTermsSchema,
  bond: bondTermsSchema,
})
export type DeploymentParameters = z.infer<typeof parametersSchema>

type Flat = 'supplyWei' | 'challengeSeconds' | 'maxTreasuryPpm' | 'maxOperatorPpm'
type Times = 'closingSeconds' | 'recoverySeconds' | 'cooldownSeconds'

/** What a deployment may set otherwise than `defaultParameters` does. */
export type ParameterChanges = Partial<Pick<z.input<typeof parametersSchema>, Flat | Times>> & {
  roles?: Partial<Record<keyof z.infer<typeof rolesSchema>, readonly Address[]>>
  governance?: Partial<z.input<typeof governanceSchema>>
  disputes?: Partial<z.input<typeof disputeTermsSchema>>
  bond?: Partial<z.input<typeof bondTermsSchema>>
}

/** The same as a schema: of the file that `tributary deploy --parameters` reads. */
export const parameterChangesSchema = z.object({
  supplyWei: weiString.optional(),
  challengeSeconds: seconds.optional(),
  maxTreasuryPpm: ppmInteger.optional(),
  maxOperatorPpm: ppmInteger.optional(),
  closingSeconds: seconds.optional(),
  recoverySeconds: seconds.optional(),
  cooldownSeconds: seconds.optional(),
  roles: rolesSchema.partial().optional(),
  governance: governanceSchema.partial().optional(),
  disputes: disputeTermsSchema.partial().optional(),
  bond: bondTermsSchema.partial().optional(),
})

const open = (tokens: bigint) => (tokens * 10n ** 18n).toString()
const [minute, day] = [60, 86_400]

/**
 * 10^9 OPEN; ceilings of 30 % each for the treasury and for server and model owner. On a local chain governance takes seconds and
 * the home's own keys hold every role; elsewhere it takes days, and who holds a role besides the deployer is to be said. A party of
 * a dispute never decides it: so the steward's key is a resolver beside the operator's.
 */
export function defaultParameters(
  chainId: number,
  {
    keys,
    genesis,
    changes = {},
  }: { keys: Pick<Keys, 'operator' | 'steward'>; genesis: Genesis; changes?: ParameterChanges },
): DeploymentParameters {
  const isLocal = chainId === localChainId
  const lasting = (local: number, elsewhere: number) => (isLocal ? local : elsewhere)
  const operator = keys.operator.address.toLowerCase()
  const steward = keys.steward.address.toLowerCase()
  const { roles, governance, disputes, bond, ...flat } = changes
  return parametersSchema.parse({
    deployer: operator,
    supplyWei: open(10n ** 9n),
    challengeSeconds: lasting(1, day),
    maxTreasuryPpm: 300_000,
    maxOperatorPpm: 300_000,
    closingSeconds: day,
    recoverySeconds: lasting(5, 14 * day),
    cooldownSeconds: lasting(5, 14 * day),
    ...flat,
    roles: {
      operators: [operator],
      pausers: [operator],
      stewards: [operator, steward],
      resolvers: [operator, steward],
      ...roles,
    },
    genesis,
    governance: {
      timelockSeconds: lasting(1, 2 * day),
      votingDelaySeconds: lasting(1, day),
      votingPeriodSeconds: lasting(5, 5 * day),
      proposalThresholdWei: open(1_000n),
      quorumPercent: 4,
      ...governance,
    },
    disputes: {
      bondWei: open(100n),
      answerSeconds: lasting(10 * minute, 3 * day),
      decideSeconds: lasting(10 * minute, 7 * day),
      winnerPpm: 800_000,
      slashPpm: 500_000,
      finderPpm: 300_000,
      ...disputes,
    },
    bond: {
      // A stranger has ten minutes to train again on a local chain; elsewhere three days, and the draw waits until its block
      // will not be replaced.
      minBondWei: open(100n),
      reportBondWei: open(10n),
      picks: 2,
      drawDelayBlocks: lasting(1, 16),
      commitSeconds: lasting(10 * minute, 3 * day),
      revealSeconds: lasting(5 * minute, day),
      finderPpm: 500_000,
      ...bond,
    },
  })
}
