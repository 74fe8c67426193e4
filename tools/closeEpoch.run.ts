import { TributaryError } from '../kernel/index.ts'
import { appendTrace, currentEpoch, listEpochs, listTrace } from '../store/index.ts'
import { closeEpoch } from './closeEpoch.ts'
import type { ToolContext } from './context.ts'
import type { Run } from './runTool.ts'

/**
 * Which epoch a call means is written down before anything else: one that was cut and comes again under its effect key
 * waits for the same epoch, and does not close the next. Epochs are closed one after the other, since the tree of one stands
 * on that of the one before: what another call left unfinished is finished first.
 */
export const run: Run<typeof closeEpoch> = async (_, ctx) => {
  const { workflows } = ctx
  const epoch = await meantEpoch(ctx)
  const workflow = `settle/${epoch}`
  await workflows.start('settle', workflow, [epoch])
  return closeEpoch.output.parse({ workflow, ...((await workflows.result(workflow)) as object) })
}

const subject = 'close_epoch'

async function meantEpoch({ store, call, now }: ToolContext): Promise<number> {
  const key = call.effectKey
  if (key === undefined) throw unnamed()
  const noted = (await listTrace(store, { subject })).find((line) => line.key === key)
  if (noted) return (JSON.parse(noted.body) as { epoch: number }).epoch
  const open = await currentEpoch(store, {})
  const unfinished = (await listEpochs(store, {})).find(({ state }) => state === 'frozen' || state === 'proposed')
  const epoch = unfinished?.number ?? open.number
  await appendTrace(store, { subject, key, kind: 'decision', body: { epoch }, atMs: now() })
  return epoch
}

function unnamed(): TributaryError {
  return new TributaryError('Closing an epoch needs an effect key.', {
    code: 'tools/no-effect-key',
    facts: { tool: closeEpoch.name, effect: closeEpoch.effect },
    tryThis: 'call it through a face: HTTP, MCP, CLI or a workflow',
  })
}
