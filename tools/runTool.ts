import type { z } from 'zod'
import { digestText, TributaryError } from '../kernel/index.ts'
import { effectOnce, type EffectRequest } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import type { ToolDefinition } from './defineTool.ts'
import { holdForApproval } from './approving/holdForApproval.ts'
import { toWire } from './faces/wire.ts'
import { openLine, type CallLine } from './tracing/openLine.ts'

/** What a `<name>.run.ts` exports: validated input in, output out; all that is impure comes through `ctx`. */
export type Run<Tool extends ToolDefinition> = (
  input: z.output<Tool['input']>,
  ctx: ToolContext,
) => Promise<z.input<Tool['output']>>

/**
 * What to do about an effect that a crash cut in two. `rerun` is right for a run that looks before it acts (all of
 * ours do: they compare with the store and the chain); a tool that can't look says `refuse`.
 */
export type OnUncertain = 'rerun' | 'refuse'

/** A definition joined with its run, its types checked when it was bound and erased here. */
export type BoundTool = {
  readonly definition: ToolDefinition
  readonly onUncertain: OnUncertain
  readonly run: (input: Record<string, unknown>, ctx: ToolContext) => Promise<Record<string, unknown>>
}

export function bindTool<Tool extends ToolDefinition>(
  definition: Tool,
  run: Run<Tool>,
  onUncertain: OnUncertain = 'rerun',
): BoundTool {
  return { definition, onUncertain, run: (input, ctx) => run(input as z.output<Tool['input']>, ctx) }
}

/**
 * The one door to every tool, whichever face is used: checks the input, stores the effect key before an effect
 * (a second call with the same key returns the first result), lets pass what needs no approval or has one, runs, checks the output. A call from a workflow leaves its line
 * in the trace, refused ones too.
 *
 * Throws tools/input with one line per issue, tools/output when the tool itself is wrong, tools/no-effect-key,
 * tools/effect-key, approval/required, approval/changed, approval/denied, approval/expired.
 */
export async function runTool(tool: BoundTool, rawInput: unknown, ctx: ToolContext): Promise<Record<string, unknown>> {
  const line = openLine(tool.definition, rawInput, ctx)
  if (line === undefined) return perform(tool, rawInput, ctx)
  try {
    const output = await perform(tool, rawInput, { ...ctx, call: { ...ctx.call, line } }, line)
    await line.done(output)
    return output
  } catch (failure) {
    // Whatever is wrong with the trace, why the call failed is what its caller must hear.
    await line.failed(failure).catch((err: unknown) => ctx.log.error({ err }, 'a failed call left no line'))
    throw failure
  }
}

async function perform(
  tool: BoundTool,
  rawInput: unknown,
  ctx: ToolContext,
  line?: CallLine,
): Promise<Record<string, unknown>> {
  const { name, effect, input, output } = tool.definition
  const parsed = input.safeParse(rawInput ?? {})
  if (!parsed.success) {
    throw new TributaryError(`The input of ${name} is not valid.`, {
      code: 'tools/input',
      facts: { tool: name, issues: parsed.error.issues.map((i) => `${i.path.join('.') || '(input)'}: ${i.message}`) },
      tryThis: `see the input schema of ${name}: tributary tools ${name.replaceAll('_', '-')} --help`,
    })
  }
  const act = async () => {
    const result = output.safeParse(await tool.run(parsed.data, ctx))
    if (result.success) {
      await line?.done(result.data)
      return result.data
    }
    throw new TributaryError(`${name} returned something that its own schema refuses.`, {
      code: 'tools/output',
      facts: { tool: name, issues: result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`) },
      tryThis: 'this is a defect of the tool: report it with this message',
    })
  }
  const held = async () => {
    const approval = await holdForApproval(tool.definition, parsed.data, ctx)
    if (approval !== undefined) line?.note({ approval })
  }
  if (effect === 'read') {
    await held()
    return act()
  }
  const key = ctx.call.effectKey
  if (key === undefined) {
    throw new TributaryError(`${name} has an effect, so its caller must name an effect key.`, {
      code: 'tools/no-effect-key',
      facts: { tool: name, effect },
      tryThis:
        'send the header Effect-Key (HTTP), _meta.effectKey (MCP) or --effect-key (CLI): any text of your own, new for each new intention',
    })
  }
  if (key.length === 0 || key.length > longestKey) {
    throw new TributaryError('The effect key is empty or too long.', {
      code: 'tools/effect-key',
      facts: { tool: name, characters: key.length, most: longestKey },
      tryThis: 'use a short text of your own, such as a UUID',
    })
  }
  await held()
  const request: EffectRequest<Record<string, unknown>> = {
    key,
    tool: name,
    inputDigest: digestText(toWire(parsed.data)),
    output,
    onUncertain: tool.onUncertain,
    waitMs: effectWaitMs,
  }
  return effectOnce(ctx.store, request, act)
}

// Long enough for a workflow's id, its step and a digest.
const longestKey = 1_000

// As long as the longest thing that one call may wait for: another call with the same key, in another process.
const effectWaitMs = 10 * 60_000
