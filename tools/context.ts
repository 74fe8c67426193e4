import type { Address, ApprovalVerdict, Digest, WeiString } from '../kernel/index.ts'
import type { Chain, Keys, PaymentScheme } from '../chain/index.ts'
import type { AnswerEngine, Engine } from '../models/index.ts'
import type { Blobs, Home, Store } from '../store/index.ts'
import type { Logger } from '../logging/index.ts'
import type { Decider } from './deciding/Decider.ts'
import type { Governed } from './governing/followGovernance.ts'
import type { CallLine, CallOrigin } from './tracing/openLine.ts'

/**
 * The edges, as a tool's run sees them. Built once, in temporal.config.ts; a test builds its own.
 * Nothing here is a global: two homes can live in one process.
 */
export type ToolContext = {
  store: Store
  blobs: Blobs
  home: Home
  chain: Chain
  keys: Keys
  /** Gradients, the tokenizer and the base; and answers that an audit computes again. */
  engine: Engine
  /** Makes the answers that are sold: this engine, workers elsewhere, or an engine of others. */
  answers: AnswerEngine
  /** The rule and the engine that holders decided on: asked each time, since a vote changes them while a home runs. */
  governed: Governed
  prices: Prices
  /** What agents may ask where a policy leaves a choice; without it the policies choose. */
  decider?: Decider | undefined
  /** The ways to pay that are on, in the order in which they are offered. */
  schemes: readonly PaymentScheme[]
  /** Where proofs are looked for that somebody controls a payee. */
  proofs: ProofSources
  workflows: WorkflowPort
  log: Logger
  /** Milliseconds since 1970: passed in, so that a test or a replay decides what time it is. */
  now: () => number
  /** Base address of our own gateway, for tools that buy from it. */
  gatewayUrl: () => string
  /** Set by the face: who asks, under which key an effect is stored, and how to stop or report progress. */
  call: CallContext
}

export type CallContext = {
  face: 'activity' | 'cli' | 'http' | 'mcp' | 'langchain' | 'test'
  /** Set by faces that strangers reach, where the caller has not shown the operator's token. */
  stranger?: true
  /** Workflow id + step + digest of the canonical arguments; required for tools that write or spend. */
  effectKey?: string
  /** Who acts, as budgets know it: the type of a workflow. A call from outside is its face. */
  agent?: string
  /** The workflow's id, whose payments count together. */
  run?: string
  /** Where in a workflow it stands: a call that has a place leaves a line in the trace of its workflow. */
  origin?: CallOrigin
  /** That line, for a run that knows more of its call than input and output say; set by the door. */
  line?: Pick<CallLine, 'note' | 'inside'>
  /** What the caller was told of an action that needs an approval; the store has the last word. */
  verdict?: ApprovalVerdict
  signal?: AbortSignal
  heartbeat?: (progress: Progress) => void
}

export type Progress = { step: string; done: number; of: number; note?: string }

/** The outside world, as proofs of control see it. */
export type ProofSources = {
  /** A registry that answers as npm's does. The operator's word, so it may lie on a private address. */
  npmRegistry: string
  /** Where a domain answers: `https://<domain>`; a test has its own. */
  originOf: (domain: string) => string
  /** The one origin of `originOf` that may lie on a private address. */
  trustedOrigin?: string | undefined
  /** As node:dns/promises has it. */
  resolveTxt: (name: string) => Promise<string[][]>
}

/** wei for 1,000 tokens of input and of output, and a fixed part an answer: a quote is a pure function of the request. */
export type Prices = { platformWei: bigint; inputWeiPer1000: bigint; outputWeiPer1000: bigint }

/** `once`: an id that failed is not run again either. `memo` is found again by `running`. */
export type StartOptions = { once?: boolean; memo?: Record<string, string> }

/** Workflows that start by the clock, by the id of their schedule. All of it can be repeated. */
export type SchedulePort = {
  /** One of cron and everyMs. A run that would start while the one before is at work is left out. */
  put: (
    id: string,
    schedule: {
      cron?: string
      zone?: string
      everyMs?: number
      workflow: string
      args: readonly unknown[]
      memo: Record<string, string>
    },
  ) => Promise<void>
  /** With the times of its next runs; undefined where there is none of this id. */
  find: (id: string) => Promise<{ id: string; paused: boolean; next: number[] } | undefined>
  pause: (id: string, paused: boolean) => Promise<void>
  remove: (id: string) => Promise<void>
}

/** How a tool starts a workflow without knowing Temporal. `start` is idempotent by id; `result` waits. */
export type WorkflowPort = {
  start: (workflow: string, id: string, args: readonly unknown[], options?: StartOptions) => Promise<void>
  result: (id: string) => Promise<unknown>
  /** Tells a workflow what was said of an action that it waits with; false where it is over, or never was. */
  tell: (id: string, verdict: ApprovalVerdict) => Promise<boolean>
  /** Asks a workflow to end; one that is over stays as it is. */
  cancel: (id: string) => Promise<void>
  describe: (id: string) => Promise<{ status: string; startedAt: number } | undefined>
  /** What a workflow answers to a query by its name; also one that has ended. */
  query: (id: string, name: string) => Promise<unknown>
  /** Answers a question that a graph waits with, by its id. Safe to repeat with the same value. Throws graph/unknown-interrupt, graph/unknown-run. */
  answer: (id: string, question: string, value: unknown) => Promise<void>
  /** Workflows of a type that are under way. */
  running: (workflow: string) => Promise<{ id: string; memo: Record<string, unknown>; startedAt: number }[]>
  schedules: SchedulePort
  /** Who asks for activities on a task queue, each as it calls itself; one at a long step may be missing. */
  pollers: (taskQueue: string) => Promise<string[]>
  /** The event history as JSON, as Temporal's own tools print it. */
  history: (id: string) => Promise<unknown>
  /** Replays a stored history against the workflow code of today; undefined when nothing differs. */
  replay: (id: string, history: unknown) => Promise<{ difference: string } | undefined>
  address: () => { server: string; ui: string | undefined }
}

export type { Address, Digest, WeiString }
