import { orSilence, root, runTool, type CheckResult, type CheckStep } from './checkStep.ts'

export const deadCode: CheckStep = {
  name: 'dead code (knip)',
  run: async () => {
    const args = ['--no-progress', '--no-config-hints', '--reporter', `${root}/scripts/check/knipReporter.mjs`]
    const end = await runTool('knip', args)
    const json = end.stdout.slice(end.stdout.indexOf('{'))
    if (json === '' || !json.startsWith('{')) return { looked: 0, findings: orSilence([], end) }
    const { looked, findings } = JSON.parse(json) as CheckResult
    return { looked, findings: orSilence(findings, end) }
  },
}
