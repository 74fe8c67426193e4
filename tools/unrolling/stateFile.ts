import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { digestBytes, TributaryError, type Digest } from '../../kernel/index.ts'
import { writeAtomic } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'

type Home = Pick<ToolContext, 'home'>

/**
 * States of an unroll lie in a folder of their own while it goes on, one for each block: the digest of each is in the history
 * of its workflow, and they go when the scores are stored.
 */
export async function writeUnrollState(
  ctx: Home,
  unroll: Digest,
  { step, bytes }: { step: number; bytes: Uint8Array },
): Promise<Digest> {
  await writeAtomic(fileOf(ctx, unroll, step), [bytes])
  return digestBytes(bytes)
}

/** Throws tools/unroll-state when the file is gone, or is not the one of the digest. */
export async function readUnrollState(
  ctx: Home,
  unroll: Digest,
  { step, digest }: { step: number; digest: Digest },
): Promise<Uint8Array> {
  const file = fileOf(ctx, unroll, step)
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw stateError('missing', { file, step }, cause)
  })
  if (digestBytes(bytes) === digest) return bytes
  throw stateError('changed', { file, step, digest })
}

/** Removes all states but the last, which holds the scores alone: whoever finished, and was cut, finishes again. */
export async function dropUnrollStates(ctx: Home, unroll: Digest): Promise<void> {
  for (const name of await readdir(folderOf(ctx, unroll)))
    if (name !== '0.bin') await rm(join(folderOf(ctx, unroll), name), { force: true })
}

function folderOf({ home }: Home, unroll: Digest): string {
  return join(home.dir, 'unrolling', unroll.slice(2, 18))
}

function fileOf(ctx: Home, unroll: Digest, step: number): string {
  return join(folderOf(ctx, unroll), `${step}.bin`)
}

function stateError(
  what: 'missing' | 'changed',
  facts: Record<string, string | number>,
  cause?: unknown,
): TributaryError {
  return new TributaryError(`A state of the unroll is ${what}.`, {
    code: 'tools/unroll-state',
    facts: { what, ...facts },
    tryThis: 'unroll again from the last step: the same plan gives the same states',
    cause,
  })
}
