import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import { deploymentFileSchema, type DeploymentFile } from './deployment.ts'

/**
 * The recorded deployment, finished or not; undefined where there is none. Throws chain/deployment-unreadable, and
 * chain/deployment-differs for one of contracts that were replaced since.
 */
export function readDeployment(file: string): DeploymentFile | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(file, error)
  }
  try {
    const parsed = JSON.parse(text) as { v?: unknown }
    if (parsed.v === 1) throw replaced(file)
    return deploymentFileSchema.parse(parsed)
  } catch (error) {
    throw error instanceof TributaryError ? error : unreadable(file, error)
  }
}

/** Whole or not at all. */
export function writeDeployment(file: string, deployment: DeploymentFile): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(deployment, null, 2)}\n`)
  renameSync(`${file}.${process.pid}`, file)
}

function replaced(file: string): TributaryError {
  return new TributaryError('These contracts were deployed before governance was their only admin.', {
    code: 'chain/deployment-differs',
    facts: { file },
    tryThis: 'use the version of this software that deployed them, or start in a new home',
  })
}

function unreadable(file: string, cause: unknown): TributaryError {
  return new TributaryError('The record of the deployed contracts can’t be read.', {
    code: 'chain/deployment-unreadable',
    facts: { file },
    tryThis: 'restore the file from a copy; without it the contracts would be deployed anew, at other addresses',
    cause,
  })
}
