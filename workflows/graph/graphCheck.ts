import { findError, TributaryError } from '../../kernel/index.ts'

/** What one durableGraph of a bundle reports about itself at worker start. */
export type GraphReport = {
  graph: string
  nodes: number
  /** The tools that its nodes call on the queue of the workflow itself. */
  tools: string[]
  error?: ReturnType<TributaryError['toJSON']>
}

const reports: GraphReport[] = []

/** Compiles a graph once, and notes what came of it. */
export function reportGraph<Builder extends { nodes: object; compile: () => unknown }>(
  name: string | undefined,
  build: (use: (tool: string) => void) => Builder,
): { placed: Builder; broken?: undefined } | { placed?: undefined; broken: TributaryError } {
  const graph = name ?? `graph ${reports.length + 1} of this file`
  const tools = new Set<string>()
  try {
    const placed = build((tool) => tools.add(tool))
    placed.compile()
    reports.push({ graph, nodes: Object.keys(placed.nodes).length, tools: [...tools].toSorted() })
    return { placed }
  } catch (error) {
    const coded = findError(error) ?? uncompilable(graph, error)
    reports.push({ graph, nodes: 0, tools: [], error: coded.toJSON() })
    return { broken: coded }
  }
}

/**
 * A workflow that every bundle of buildWorkflowBundle carries. It is never started on a server: checkGraphs replays
 * a made-up history of it, so that all graphs are built in the real sandbox before a worker takes its first task.
 */
export async function graphCheck(): Promise<GraphReport[]> {
  return reports
}

function uncompilable(graph: string, error: unknown): TributaryError {
  const reason = error instanceof Error ? error.message : String(error)
  return new TributaryError(`The graph ${graph} can't be compiled: ${reason}`, {
    code: 'graph/uncompilable',
    facts: { graph, reason },
    tryThis: 'check its nodes, edges and state definition; every edge must lead to a node that exists',
    cause: error,
  })
}
