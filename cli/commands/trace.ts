import { Command } from 'commander'
import { canonicalText } from '../../kernel/index.ts'
import { traceWorkflow, type TracedCall } from '../../tools/definitions.ts'
import { callReached } from '../callServer.ts'
import { reachServer } from '../reachServer.ts'
import { terminalWidth } from '../terminalWidth.ts'
import { drawTrace } from '../tracing/drawTrace.ts'

const page = 10_000

export const traceCommand = (print: (line: string) => void): Command =>
  new Command('trace')
    .description(traceWorkflow.summary)
    .argument('<workflow>', 'its id, such as tour/open-source/1, settle/1 or attribute/<receipt>')
    .option('--json', 'print one canonical JSON object (RFC 8785) a line')
    .action(async (workflow: string, { json }: { json?: boolean }) => {
      const server = await reachServer()
      try {
        const all: TracedCall[] = []
        for (let from = 0, read = page; read === page; from += page) {
          const { calls } = await callReached(server, traceWorkflow, { workflow, from, count: page })
          read = calls.length
          if (json) for (const call of calls) print(canonicalText(call))
          else all.push(...calls)
        }
        if (!json) print(drawTrace(workflow, all, terminalWidth()))
      } finally {
        await server.close()
      }
    })
