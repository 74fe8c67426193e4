import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Every step must say how many files it looked at: one that looked at fewer than the floor has failed. */
export type CheckResult = { looked: number; findings: string[] }
export type CheckStep = { name: string; run: () => Promise<CheckResult> }

/** Fewer files than this is a check that did not look. The project had more than 500 when this was written. */
export const floor = 300

/** Runs a tool of node_modules/.bin to its end. No shell. */
export function runTool(
  tool: string,
  args: readonly string[],
  { cwd = root, env = process.env }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(`${root}/node_modules/.bin/${tool}`, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** A tool that ends badly without a finding has not checked anything. */
export function orSilence(findings: string[], end: { code: number | null; stdout: string; stderr: string }): string[] {
  if (end.code === 0 || findings.length > 0) return findings
  return [`it ended with ${end.code} and no finding: ${(end.stderr + end.stdout).trim().slice(-500)}`]
}
