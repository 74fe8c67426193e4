import { attributionEngines, engineOf, type AttributionEngine, type EngineBoard } from '../../attribution/index.ts'
import { listProposals, readAdoptions, readCurrent, type Adoption, type Chain } from '../../chain/index.ts'
import { findError, TributaryError, type Digest, type RevenueRule } from '../../kernel/index.ts'
import type { Logger } from '../../logging/index.ts'
import { getRule, saveRule, type Store } from '../../store/index.ts'
import { partsOf, readProposalText } from './proposalText.ts'

/** What holders decided, as this home knows it. */
export type Governed = {
  /** The revenue rule in force. Throws tools/rule-unknown where the chain adopted one whose document is not here. */
  rule: () => RevenueRule
  /** The attribution engine in force. Throws attribution/unknown-engine where it is not on board. */
  engine: () => AttributionEngine
  /** The version that something names; none: the first. Throws attribution/unknown-engine. */
  engineOf: (digest: Digest | undefined) => AttributionEngine
  /** The versions of the engine that are on board. */
  board: EngineBoard
  /** Looks at the chain again. Returns the digests in force. */
  refresh: () => Promise<{ rule: Digest; engine: Digest }>
  /** Does so every five seconds, until what it returns is called. */
  watch: () => () => void
}

const everyMs = 5_000

/** `known`: documents that this release brings. */
type Edges = { store: Store; chain: Chain; log: Logger; board?: EngineBoard; known?: readonly RevenueRule[] }

/**
 * Follows the RuleRegistry. A rule that was adopted is taken from the store, or from the description of the proposal that
 * adopted it, where its document stands; its digest and its parts must be those of the registry.
 *
 * Where no document can be had, nothing is sold: a fee must be split neither by a rule that nobody here can read, nor by
 * one that holders have replaced. What was sold before is settled by the rule that its receipt names, as ever. The same holds for an engine
 * that is not on board. A chain that cannot be reached changes nothing: what was read last stays in force.
 */
export async function followGovernance({
  store,
  chain,
  log,
  board = attributionEngines,
  known = [],
}: Edges): Promise<Governed> {
  for (const document of known) await saveRule(store, { rule: document })
  let rule: { digest: Digest; document: RevenueRule | undefined } | undefined
  let engine: Digest | undefined
  const refresh = async () => {
    const [ruleNow, engineNow] = await Promise.all([readCurrent(chain, 'revenue-rule'), readCurrent(chain, 'engine')])
    if (rule === undefined || rule.digest !== ruleNow || rule.document === undefined) {
      const document = await documentOf({ store, chain }, ruleNow)
      if (document === undefined) log.warn({ rule: ruleNow }, 'the rule in force is not here: nothing is sold')
      else if (rule !== undefined) log.info({ rule: ruleNow }, 'another revenue rule is in force')
      rule = { digest: ruleNow, document }
    }
    if (engine !== engineNow) {
      if (!board.has(engineNow)) log.warn({ engine: engineNow }, 'the engine in force is not on board: nothing is sold')
      engine = engineNow
    }
    return { rule: ruleNow, engine: engineNow }
  }
  await refresh()
  return {
    rule: () => rule?.document ?? unknownRule(rule?.digest),
    engine: () => engineOf(board, engine),
    engineOf: (digest) => engineOf(board, digest),
    board,
    refresh,
    watch: () => {
      const look = () =>
        void refresh().catch((failure: unknown) => log.warn({ err: failure }, 'the chain does not say what governs'))
      const timer = setInterval(look, everyMs)
      timer.unref()
      return () => clearInterval(timer)
    },
  }
}

async function documentOf(
  { store, chain }: Pick<Edges, 'store' | 'chain'>,
  digest: Digest,
): Promise<RevenueRule | undefined> {
  const document = (await storedRule(store, digest)) ?? (await proposedRule(chain, digest))
  if (document === undefined) return undefined
  const adopted = (await readAdoptions(chain, 'revenue-rule')).findLast((one) => one.digest === digest)
  if (!adopted || !sameParts(adopted, document)) return undefined
  await saveRule(store, { rule: document })
  return document
}

async function storedRule(store: Store, digest: Digest): Promise<RevenueRule | undefined> {
  try {
    return await getRule(store, { digest })
  } catch (error) {
    if (findError(error)?.code === 'store/not-found') return undefined
    throw error
  }
}

async function proposedRule(chain: Chain, digest: Digest): Promise<RevenueRule | undefined> {
  for (const { description } of await listProposals(chain)) {
    const text = readProposalText(description)
    if (text?.kind === 'revenue-rule' && text.rule === digest) return text.document
  }
  return undefined
}

function sameParts({ parts }: Adoption, document: RevenueRule): boolean {
  const said = partsOf(document)
  return (Object.keys(said) as (keyof typeof said)[]).every((part) => parts[part] === said[part])
}

function unknownRule(digest: Digest | undefined): never {
  throw new TributaryError(
    'Holders adopted a revenue rule whose document this home does not have, so it sells nothing.',
    {
      code: 'tools/rule-unknown',
      facts: { rule: digest ?? '' },
      tryThis:
        'get the document from whoever proposed it: tributary rule add <rule.json>; or use a release that can read it',
      retry: true,
    },
  )
}
