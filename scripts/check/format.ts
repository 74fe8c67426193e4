import { orSilence, runTool, type CheckStep } from './checkStep.ts'

export const format: CheckStep = {
  name: 'format (oxfmt)',
  run: async () => {
    const end = await runTool('oxfmt', ['--check', '.'])
    const text = end.stdout + end.stderr
    const findings = [...text.matchAll(/^(\S+) \(\d+ms\)$/gm)].map((match) => `${match[1]}: run oxfmt`)
    return { looked: Number(/on (\d+) files/.exec(text)?.[1] ?? 0), findings: orSilence(findings, end) }
  },
}
