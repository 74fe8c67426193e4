import { readFileSync } from 'node:fs'
import { addressString, TributaryError, type Address } from '../../kernel/index.ts'
import { parameterChangesSchema, type ParameterChanges } from '../../chain/index.ts'

/** Options that set one parameter each. */
const parameterNames = [
  'supplyWei',
  'maxTreasuryPpm',
  'maxOperatorPpm',
  'challengeSeconds',
  'closingSeconds',
  'recoverySeconds',
  'cooldownSeconds',
  'timelockSeconds',
  'votingDelaySeconds',
  'votingPeriodSeconds',
  'proposalThresholdWei',
  'quorumPercent',
] as const
type Flag = (typeof parameterNames)[number]

const optionOf = { operators: 'operator', pausers: 'pauser', stewards: 'steward', resolvers: 'resolver' } as const

export type ParameterOptions = { parameters?: string } & Partial<Record<Flag, string>> &
  Partial<Record<(typeof optionOf)[keyof typeof optionOf], string[]>>

const ofGovernance: readonly Flag[] = [
  'timelockSeconds',
  'votingDelaySeconds',
  'votingPeriodSeconds',
  'proposalThresholdWei',
  'quorumPercent',
]

/** What a file of parameters and the flags say; flags win. Throws cli/usage with the field that is wrong. */
export function readParameters(options: ParameterOptions): ParameterChanges {
  const fromFile = options.parameters === undefined ? {} : parsed(readJson(options.parameters), options.parameters)
  const flat: Record<string, unknown> = {}
  const governance: Record<string, unknown> = {}
  for (const name of parameterNames) {
    const text = options[name]
    if (text === undefined) continue
    const value = name.endsWith('Wei') ? text : Number(text)
    if (ofGovernance.includes(name)) governance[name] = value
    else flat[name] = value
  }
  const roles: Record<string, readonly Address[]> = {}
  for (const [role, option] of Object.entries(optionOf)) {
    const given = options[option]
    if (given !== undefined) roles[role] = given.map((account) => addressString.parse(account.toLowerCase()))
  }
  return parsed(
    {
      ...fromFile,
      ...flat,
      ...merged('governance', fromFile.governance, governance),
      ...merged('roles', fromFile.roles, roles),
    },
    'the flags',
  )
}

function merged(name: string, file: object | undefined, flags: object): object {
  return file === undefined && Object.keys(flags).length === 0 ? {} : { [name]: { ...file, ...flags } }
}

function parsed(value: unknown, where: string): ParameterChanges {
  const found = parameterChangesSchema.strict().safeParse(value)
  if (found.success) return found.data as ParameterChanges
  const issue = found.error.issues[0]
  throw usage(where, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown
  } catch (error) {
    throw usage(file, (error as Error).message)
  }
}

function usage(where: string, reason: string): TributaryError {
  return new TributaryError('The parameters of the deployment can’t be read.', {
    code: 'cli/usage',
    facts: { where, reason },
    tryThis: 'see the fields in docs/chain.md; `tributary deploy --plan --json` prints all of them',
  })
}
