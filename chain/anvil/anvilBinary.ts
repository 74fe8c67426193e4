import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'

/**
 * The anvil program itself. The npm shim would start it as a second process and leave it behind when killed.
 * Throws chain/no-anvil where the package has none for this machine.
 */
export function anvilBinary(): string {
  return platformBinary('anvil')
}

/** A program of a @foundry-rs package for this platform. */
export function platformBinary(tool: 'anvil' | 'forge'): string {
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch
  const platform = `${process.platform}-${cpu}`
  const name = `@foundry-rs/${tool}-${platform}`
  const file = process.platform === 'win32' ? `${tool}.exe` : tool
  const path = packageFolder(name)
  const binary = path === undefined ? undefined : join(path, 'bin', file)
  if (binary !== undefined && existsSync(binary)) return binary
  throw new TributaryError(`There is no ${tool} for ${platform} in node_modules.`, {
    code: `chain/no-${tool}`,
    facts: { package: name },
    tryThis:
      tool === 'anvil' ? 'run npm install again, or set CHAIN_RPC_URL to a chain of your own' : 'run npm install again',
  })
}

function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
  } catch {
    return undefined // optional dependencies of other platforms are not installed
  }
}
