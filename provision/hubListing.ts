import { z } from 'zod'
import { TributaryError, type Digest } from '../kernel/index.ts'

/** One file of a repository of the hub. Large files have their sha-256, others the hash that git gives their bytes. */
export type HubFile = { name: string; size: number; sha256?: Digest; gitHash?: string }

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const listing = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  siblings: z
    .array(
      z.object({
        // No path leaves the folder that it is written into.
        rfilename: z.string().max(512),
        size: z.int().min(0).optional(),
        blobId: z
          .string()
          .regex(/^[0-9a-f]{40}$/)
          .optional(),
        lfs: z.object({ sha256: sha256.optional(), size: z.int().min(0) }).nullish(),
      }),
    )
    .max(10_000),
})

/**
 * The files of a model repository and the commit that a revision means now. Only files in the top folder count.
 * Throws provision/hub-model when there is none or the hub's answer makes no sense.
 */
export async function hubListing({ hub, id, revision }: { hub: string; id: string; revision: string }) {
  if (!/^[\w.-]+\/[\w.-]+$/.test(id) || id.includes('..') || !/^[\w./-]+$/.test(revision)) {
    throw refuse('This is no id of the hub.', { id: id.slice(0, 120), revision: revision.slice(0, 120) })
  }
  const url = `${hub}/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch((cause: unknown) => {
    throw refuse('The hub does not answer.', { url }, { cause, retry: true })
  })
  if (!response.ok)
    throw refuse('The hub does not know this model, or does not give it.', { url, status: response.status })
  const parsed = listing.safeParse(await response.json().catch(() => undefined))
  if (!parsed.success) throw refuse('The hub answered something that is no list of files.', { url })
  const files = parsed.data.siblings
    .filter(({ rfilename }) => /^[\w.-]+$/.test(rfilename) && !rfilename.startsWith('.'))
    .map(({ rfilename: name, size, blobId, lfs }): HubFile => ({
      name,
      size: lfs?.size ?? size ?? 0,
      ...(lfs?.sha256 ? { sha256: `0x${lfs.sha256}` as Digest } : {}),
      ...(blobId && !lfs ? { gitHash: blobId } : {}),
    }))
  return { commit: parsed.data.sha, files }
}

function refuse(
  message: string,
  facts: Record<string, string | number>,
  more: { cause?: unknown; retry?: boolean } = {},
): TributaryError {
  return new TributaryError(message, {
    code: 'provision/hub-model',
    facts,
    tryThis:
      'give owner/name as the hub shows it, or a local path; a model that asks for consent is fetched by hand first',
    ...more,
  })
}
