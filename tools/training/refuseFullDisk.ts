import { statfs } from 'node:fs/promises'
import { TributaryError } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'

const mib = 2 ** 20

/** Free space of the disk that the home is on, in MiB. */
export async function freeDiskMiB({ home }: Pick<ToolContext, 'home'>): Promise<number> {
  const { bavail, bsize } = await statfs(home.dir)
  return Math.floor((bavail * bsize) / mib)
}

/** Refuses a run that would fill the disk, before its first step. Throws tools/disk-too-small. */
export async function refuseFullDisk(ctx: Pick<ToolContext, 'home'>, neededMiB: number): Promise<void> {
  const freeMiB = await freeDiskMiB(ctx)
  if (neededMiB <= freeMiB) return
  throw new TributaryError('The disk has not the room that this training needs.', {
    code: 'tools/disk-too-small',
    facts: { neededMiB, freeMiB },
    tryThis: 'make room, or train by a smaller recipe or on fewer samples: preview_training says what each needs',
  })
}
