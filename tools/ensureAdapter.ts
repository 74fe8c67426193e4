import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError, type Digest } from '../kernel/index.ts'
import { peftFiles, readPeft, type Adapter } from '../models/index.ts'
import type { ToolContext } from './context.ts'

/** Where the PEFT files of an adapter lie. */
export function adapterFolder({ home }: Pick<ToolContext, 'home'>, adapter: Digest): string {
  return join(home.dir, 'adapters', adapter.slice(2))
}

/**
 * Makes an adapter known to the engine, by the digest of its files: bytes that are not those of the digest are refused.
 * Cost: nothing where it is known, else one read of its files. Throws tools/adapter-changed, and what readPeft throws.
 */
export async function ensureAdapter(ctx: Pick<ToolContext, 'home' | 'engine'>, adapter: Digest): Promise<void> {
  if (ctx.engine.hasAdapter(adapter)) return
  const read = (): Promise<Adapter> => readAdapter(ctx, adapter)
  await ctx.engine.addAdapter(adapter, await read(), read)
}

/** The two files of an adapter as they lie there; whoever uses them compares them with the digest. */
export async function readAdapterFiles(ctx: Pick<ToolContext, 'home'>, adapter: Digest) {
  const dir = adapterFolder(ctx, adapter)
  const [weights, config] = await Promise.all([
    readFile(join(dir, peftFiles.weights)),
    readFile(join(dir, peftFiles.config)),
  ])
  return { weights, config }
}

/** The stored adapter, checked against its digest. */
export async function readAdapter(ctx: Pick<ToolContext, 'home' | 'engine'>, adapter: Digest) {
  const dir = adapterFolder(ctx, adapter)
  const { digest, ...read } = await readPeft(dir, ctx.engine.base.config)
  if (digest === adapter) return read
  throw new TributaryError('The files of an adapter are not those of its digest.', {
    code: 'tools/adapter-changed',
    facts: { adapter, found: digest, dir },
    tryThis: 'restore the folder from a backup, or train it again: the run’s plan gives the same bytes',
  })
}
