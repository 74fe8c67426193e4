import { digestText, findError } from '../../kernel/index.ts'
import { recordCall, type Call } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { toWire } from '../faces/wire.ts'

/** Where in a workflow a call stands: what its line in the trace says besides what was called. */
export type CallOrigin = Pick<Call, 'workflow' | 'run' | 'agent' | 'lineage' | 'step' | 'node' | 'attempt'> &
  // The call inside of which a tool calls another.
  Partial<Pick<Call, 'parent'>>

/** What a run tells of its call that neither its input nor its output says. */
export type CallFacts = Partial<
  Pick<Call, 'by' | 'policy' | 'approval' | 'provider' | 'model' | 'costWei' | 'inputTokens' | 'outputTokens'>
>

/** The line that one call leaves in the trace of its workflow. */
export type CallLine = {
  /** What a run says is kept with the line when the call has ended; the last word on each holds. */
  note: (facts: CallFacts) => void
  /** A line of its own for what is asked inside of this call. */
  inside: (what: Pick<Call, 'kind' | 'name' | 'effect'>, input: unknown) => CallLine
  done: (output: unknown) => Promise<void>
  failed: (failure: unknown) => Promise<void>
}

type Opened = Pick<Call, 'key' | 'kind' | 'parent' | 'name' | 'effect' | 'inputDigest'> & CallOrigin

/**
 * Opens the line of a call; undefined for reads and strangers outside of workflows. `done` writes it before the effect's result is stored, so that a call
 * that is done has its line, whatever is killed after it; the second one of a call does nothing.
 * Cost: one statement a call.
 */
export function openLine(
  { name, effect }: Pick<Call, 'name' | 'effect'>,
  input: unknown,
  ctx: Pick<ToolContext, 'store' | 'now' | 'call'>,
): CallLine | undefined {
  const { effectKey } = ctx.call
  const origin = ctx.call.origin ?? outside(name, effect, ctx.call)
  if (origin === undefined || effectKey === undefined) return undefined
  const inputDigest = digestText(toWire(input ?? {}))
  return lineOf({ key: effectKey, kind: 'tool', parent: null, name, effect, inputDigest, ...origin }, ctx)
}

const facesOutside: ReadonlySet<string> = new Set(['http', 'mcp', 'cli', 'langchain'])

/**
 * What has an effect and comes from outside is told under the name of its face, `outside/http`, beside no workflow. Reads leave nothing,
 * and strangers cannot fill the list.
 */
function outside(tool: string, effect: Call['effect'], call: ToolContext['call']): CallOrigin | undefined {
  const { face, stranger, agent = face } = call
  if (effect === 'read' || stranger || !facesOutside.has(face)) return undefined
  return { workflow: `outside/${face}`, run: '', agent, lineage: [], step: tool, node: '', attempt: 1 }
}

function lineOf(opened: Opened, ctx: Pick<ToolContext, 'store' | 'now'>): CallLine {
  const atMs = ctx.now()
  const started = performance.now()
  let facts: CallFacts = {}
  let insides = 0
  let isWritten = false
  const write = async (ended: Pick<Call, 'state' | 'failure' | 'outputDigest'>) => {
    await recordCall(ctx.store, {
      ...opened,
      by: 'policy',
      policy: null,
      approval: null,
      provider: null,
      model: null,
      costWei: null,
      inputTokens: null,
      outputTokens: null,
      ...facts,
      ...ended,
      ms: Math.round(performance.now() - started),
      rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
      atMs,
    })
    isWritten = true
  }
  return {
    note: (more) => void (facts = { ...facts, ...more }),
    inside: (what, input) => {
      const key = `${opened.key}/${what.kind}#${++insides}`
      return lineOf({ ...opened, ...what, key, parent: opened.key, inputDigest: digestText(toWire(input)) }, ctx)
    },
    done: async (output) => {
      if (!isWritten) await write({ state: 'done', failure: null, outputDigest: digestText(toWire(output)) })
    },
    failed: async (failure) => {
      if (isWritten) return
      await write({ state: 'failed', failure: findError(failure)?.code ?? 'uncoded', outputDigest: null })
    },
  }
}
