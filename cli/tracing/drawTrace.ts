import type { TracedCall } from '../../tools/definitions.ts'
import { fit, plainText } from '../fitText.ts'
import { formatWei } from '../formatWei.ts'

type Node = { text: string; atMs: number; inner: Node[] }

/** The calls of a workflow as a tree: its own and, under it, those of the workflows that it started. No line wider than `width`. */
export function drawTrace(workflow: string, calls: readonly TracedCall[], width: number): string {
  const top: Node = { text: workflow, atMs: 0, inner: [] }
  const workflows = new Map([[workflow, top]])
  const agents = new Map(calls.map((call) => [call.workflow, call.agent]))
  const lines = new Map<string, Node>()
  const titleOf = (id: string) => (agents.get(id) ? `${id} (${agents.get(id)})` : id)
  top.text = titleOf(workflow)
  for (const call of calls) {
    const path = [...call.lineage, call.workflow]
    let at = top
    for (const id of path.slice(path.indexOf(workflow) + 1)) at = childOf(at, id, call.atMs)
    const node = { text: lineOf(call), atMs: call.atMs, inner: [] }
    lines.set(call.key, node)
    const outer = call.parent === null ? undefined : lines.get(call.parent)
    ;(outer ?? at).inner.push(node)
  }
  return [top.text, ...branches(top), '', totals(calls)].map((line) => fit(plainText(line), width)).join('\n')

  function childOf(above: Node, id: string, atMs: number): Node {
    const known = workflows.get(id)
    if (known) return known
    const node = { text: titleOf(id), atMs, inner: [] }
    workflows.set(id, node)
    above.inner.push(node)
    return node
  }
}

function branches({ inner }: Node, before = ''): string[] {
  return inner.flatMap((node, i) => {
    const isLast = i === inner.length - 1
    return [`${before}${isLast ? '└─ ' : '├─ '}${node.text}`, ...branches(node, `${before}${isLast ? '   ' : '│  '}`)]
  })
}

function lineOf(call: TracedCall): string {
  const { kind, name, node, effect, failure, approval, provider, model, costWei, attempt, ms } = call
  const { inputTokens, outputTokens } = call
  const facts = [
    failure === null ? '' : `FAILED ${failure}`,
    kind === 'model' ? '' : whoDecided(call),
    approval === null ? '' : `approved as ${short(approval)}`,
    model === null || kind === 'model' ? '' : `model ${short(model)}${provider === null ? '' : ` of ${provider}`}`,
    costWei === null ? '' : formatWei(BigInt(costWei)),
    inputTokens === null && outputTokens === null ? '' : `${inputTokens ?? 0} + ${outputTokens ?? 0} tokens`,
    attempt > 1 ? `attempt ${attempt}` : '',
    `${ms} ms`,
  ]
  const title = kind === 'model' ? `${short(name)} of ${provider ?? 'nobody'}` : node === '' ? name : `${node}: ${name}`
  const marked = effect === 'read' ? title : `${title} [${effect}]`
  return `${marked}  ${facts.filter(Boolean).join(', ')}`
}

/** A read decides nothing unless a model or a rule with a name did it. */
function whoDecided({ by, policy, effect }: TracedCall): string {
  if (by === 'model') return 'by a model'
  if (policy !== null) return `by ${policy}`
  return effect === 'read' ? '' : 'by policy'
}

function short(model: string): string {
  return /^0x[0-9a-f]{64}$/.test(model) ? `${model.slice(0, 12)}…` : model
}

function totals(calls: readonly TracedCall[]): string {
  // A tool that asked one has a line for that under its own.
  const told = new Set(calls.flatMap(({ kind, parent }) => (kind === 'model' && parent !== null ? [parent] : [])))
  const models = calls.filter(({ key, kind, model }) => kind === 'model' || (model !== null && !told.has(key))).length
  const failed = calls.filter(({ state }) => state === 'failed').length
  const costWei = calls.reduce((sum, call) => sum + BigInt(call.costWei ?? 0), 0n)
  return `${calls.length} calls, ${models} of them asked a model, ${failed} failed, ${formatWei(costWei)} in all`
}
