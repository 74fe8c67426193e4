import { boundTools } from '../boundTools.ts'
import type { ToolContext } from '../context.ts'
import { definitions } from '../definitions.ts'
import { runTool, type BoundTool } from '../runTool.ts'

type Definitions = typeof definitions
type Output<Name extends keyof Definitions> = ReturnType<Definitions[Name]['output']['parse']>
export type ToolCaller = <Name extends keyof Definitions>(name: Name, input: object) => Promise<Output<Name>>

/** Calls tools by name, each time under an effect key of its own: `<effects>/<count>`. `ctx` is asked at each call. */
export function toolCaller(ctx: () => ToolContext, effects: string): ToolCaller {
  let calls = 0
  return async (name, input) => {
    const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
    const call = { face: 'test' as const, effectKey: `${effects}/${calls++}` }
    return definitions[name].output.parse(await runTool(tool, input, { ...ctx(), call })) as Output<typeof name>
  }
}
