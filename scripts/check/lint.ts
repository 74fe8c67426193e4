import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { orSilence, root, runTool, type CheckStep } from './checkStep.ts'

type LintReport = {
  number_of_files: number
  diagnostics: {
    code?: string
    message: string
    filename: string
    labels: { span: { line: number; column: number } }[]
  }[]
}

/** What must be found in `control`: a type-aware rule, and each rule about workflow code. */
const control = [
  "import { readFileSync } from 'node:fs'",
  "import { activity } from './activities/index.ts'",
  "async function late() { return readFileSync('x').length + activity }",
  'export function floats() { late(); return process.pid }',
].join('\n')
const mustFind = [
  'typescript-eslint(no-floating-promises)',
  'typescript(no-floating-promises)',
  'eslint(no-restricted-imports)',
  'eslint(no-restricted-globals)',
]

export const lint: CheckStep = {
  name: 'lint (oxlint, type-aware)',
  run: async () => {
    const blind = await isBlind()
    const end = await runTool('oxlint', ['--format=json'])
    const report = JSON.parse(end.stdout) as LintReport
    const findings = report.diagnostics.map(({ code, message, filename, labels: [label] }) => {
      return `${filename}:${label?.span.line ?? 0}: ${message} [${code ?? 'no code'}]`
    })
    return { looked: report.number_of_files, findings: [...blind, ...orSilence(findings, end)] }
  },
}

/** Lints a file that breaks the rules that matter most, where they must be found. */
async function isBlind(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lint-control-'))
  try {
    copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
    // There are no packages there, so no types of Node either.
    const compilerOptions = {
      target: 'es2024',
      module: 'nodenext',
      types: [],
      strict: true,
      allowImportingTsExtensions: true,
      noEmit: true,
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    mkdirSync(join(folder, 'workflows', 'activities'), { recursive: true })
    writeFileSync(join(folder, 'workflows', 'activities', 'index.ts'), 'export const activity = 1\n')
    writeFileSync(join(folder, 'workflows', 'control.ts'), control)
    const { stdout } = await runTool('oxlint', ['--format=json'], { cwd: folder })
    const codes = new Set((JSON.parse(stdout) as LintReport).diagnostics.map(({ code }) => code))
    const floating = mustFind.slice(0, 2).some((code) => codes.has(code))
    const others = mustFind.slice(2).filter((code) => !codes.has(code))
    return [...(floating ? [] : ['no-floating-promises']), ...others].map((rule) => `the control broke ${rule}, unseen`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
