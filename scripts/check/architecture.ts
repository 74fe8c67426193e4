import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { orSilence, runTool, type CheckStep } from './checkStep.ts'

type Report = {
  numTotalTests: number
  testResults: { message: string; assertionResults: { status: string; title: string; failureMessages: string[] }[] }[]
}

export const architecture: CheckStep = {
  name: 'architecture (value imports against the map)',
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'architecture-'))
    const outputFile = join(folder, 'report.json')
    try {
      const args = ['run', 'test/architecture', '--project=unit', '--reporter=json', `--outputFile=${outputFile}`]
      const end = await runTool('vitest', args, { env: { ...process.env, NODE_NO_WARNINGS: '1' } })
      const report = JSON.parse(readFileSync(outputFile, 'utf8')) as Report
      const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
      const failed = tests.filter(({ status }) => status !== 'passed')
      const findings = failed.map(({ title, failureMessages }) => `${title}\n${listed(failureMessages.join('\n'))}`)
      // The test counts the files that it saw itself, against a floor of its own.
      return { looked: tests.length >= 10 ? Infinity : 0, findings: orSilence(findings, end) }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

/** The message without the stack: the offenders, one a line. */
function listed(message: string): string {
  const lines = message.split('\n')
  const stack = lines.findIndex((line) => /^\s+at /.test(line))
  return lines
    .slice(0, stack < 0 ? 20 : stack)
    .map((line) => `  ${line.replace(/^AssertionError: /, '')}`)
    .join('\n')
}
