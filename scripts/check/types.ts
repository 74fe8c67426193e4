import { orSilence, root, runTool, type CheckStep } from './checkStep.ts'

export const types: CheckStep = {
  name: 'types (tsc)',
  run: async () => {
    const end = await runTool('tsc', ['-p', '.', '--pretty', 'false', '--listFiles'])
    const lines = end.stdout.split('\n')
    const ours = lines.filter((line) => line.startsWith(root) && !line.includes('node_modules'))
    const findings = lines.filter((line) => /error TS\d+/.test(line))
    return { looked: ours.length, findings: orSilence(findings, end) }
  },
}
