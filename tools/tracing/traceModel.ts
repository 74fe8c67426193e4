import type { ToolContext } from '../context.ts'

/** What came back from a model; `output` is what its digest is taken of. */
export type ModelReply = { output: unknown; inputTokens?: number; outputTokens?: number; costWei?: bigint }

/**
 * Asks a model from inside a tool's run. The call leaves a line of its own under the tool's, and the tool's says that this model
 * decided, until the run notes otherwise (`ctx.call.line?.note({ by: 'policy', policy: 'my-rule/1' })`).
 * `model` is the digest of ours, or the id at the provider. Of prompt and answer only digests are kept.
 */
export async function traceModel<Reply extends ModelReply>(
  { call }: Pick<ToolContext, 'call'>,
  { provider, model, prompt }: { provider: string; model: string; prompt: unknown },
  ask: () => Promise<Reply>,
): Promise<Reply> {
  const line = call.line?.inside({ kind: 'model', name: model, effect: 'read' }, prompt)
  const decided = { by: 'model', provider, model } as const
  line?.note(decided)
  call.line?.note(decided)
  try {
    const reply = await ask()
    const { output, inputTokens = null, outputTokens = null, costWei = null } = reply
    line?.note({ inputTokens, outputTokens, costWei })
    await line?.done(output)
    return reply
  } catch (failure) {
    await line?.failed(failure)
    throw failure
  }
}
