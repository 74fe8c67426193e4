import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'

/** What the figures depend on: never a host name or a user. */
export function describeMachine(): Record<string, string | number> {
  return {
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  }
}

/** The versions of what computes: Node, us, and the packages that carry the load. */
export function describeVersions(): Record<string, string> {
  const packages = ['onnxruntime-node', '@temporalio/worker', '@electric-sql/pglite', 'viem']
  const versions = packages.map((name) => [name, versionOfPackage(name)] as const)
  return {
    node: process.versions.node,
    tributary: versionIn('../package.json'),
    ...(Object.fromEntries(versions) as Record<string, string>),
  }
}

/** The installed version of a package. */
export function versionOfPackage(name: string): string {
  return versionIn(`../node_modules/${name}/package.json`)
}

function versionIn(file: string): string {
  return (JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as { version: string }).version
}
