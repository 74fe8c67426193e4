import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from '../check/checkStep.ts'

export type TestReport = { passed: number; failed: string[]; skipped: string[]; files: string[] }

type VitestJson = {
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; fullName: string }[]
  }[]
}

/** vitest's JSON report as counts and titles. A file that fails before its first test counts as one failure. */
export function readVitestReport(file: string): TestReport {
  const report: TestReport = { passed: 0, failed: [], skipped: [], files: [] }
  if (!existsSync(file)) return { ...report, failed: ['vitest wrote no report'] }
  for (const { name, status, message, assertionResults } of (JSON.parse(readFileSync(file, 'utf8')) as VitestJson)
    .testResults) {
    const path = relative(root, name)
    report.files.push(path)
    if (status === 'failed' && assertionResults.every((test) => test.status !== 'failed')) {
      report.failed.push(`${path}: ${message.split('\n')[0] ?? 'the file fails'}`)
    }
    for (const { status: outcome, fullName } of assertionResults) {
      if (outcome === 'passed') report.passed++
      else if (outcome === 'failed') report.failed.push(`${path}: ${fullName}`)
      else report.skipped.push(`${path}: ${fullName}`)
    }
  }
  return report
}
