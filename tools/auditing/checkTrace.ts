import { digestOf, TributaryError, type Attribution, type Digest, type Receipt } from '../../kernel/index.ts'
import { getVersion, sampleStates } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { traceReceipt } from '../upstream/traceReceipt.ts'
import { documentsRoot } from '../verbatim/indexOfVersion.ts'
import { differs } from './auditCheck.ts'

type Provenance = NonNullable<Attribution['provenance']>

/**
 * A verbatim trace, computed again from the stored answer and an index that is built anew from the samples of the version that the
 * receipt names, whose root is on chain. What files of an index say now, merged or of a later version, plays no part.
 * Throws audit/differs, and audit/samples-gone where it cannot be computed any more, which blames nobody.
 */
export async function checkTrace(
  ctx: ToolContext,
  { id, receipt, stored }: { id: Digest; receipt: Receipt; stored: Attribution },
): Promise<string> {
  const again = await traceReceipt(ctx, id, { fresh: true })
  const [was, is] = [stored.provenance, again.provenance!]
  if (was === undefined) throw differs('the trace', { method: stored.method, stored: 'no trace' })
  if (digestOf(again) === digestOf(asNow(stored, was, is))) {
    return `${was.spans} spans, the same bits and shares in ${is.documents === receipt.datanet ? 'the samples of the version' : 'those samples of the version that are left'}`
  }
  const { documents } = was
  if (documents !== undefined && documents !== is.documents) {
    const { datanet, number } = await getVersion(ctx.store, { root: receipt.datanet })
    const gone = earlierStates(await sampleStates(ctx.store, { datanet, number })).get(documents)
    if (gone === undefined)
      throw differs('the samples that the trace was made in', { documents, datanet: receipt.datanet })
    throw samplesGone(id, { traced: documents, now: is.documents ?? '', gone })
  }
  throw differs('the trace', differenceOf(was, is))
}

/** Records of before name the root of an index's files, which a merge changes, and not the documents. */
function asNow(stored: Attribution, was: Provenance, { documents }: Provenance): Attribution {
  if (was.documents !== undefined) return stored
  const named = { ...was, documents }
  delete named.index
  return { ...stored, provenance: named }
}

/** The roots over a version's samples before each takedown, with how many are gone since; the whole version first. */
function earlierStates(states: readonly { id: Digest; erasedAtMs: number | null }[]): Map<Digest, number> {
  const moments = [...new Set(states.flatMap(({ erasedAtMs }) => erasedAtMs ?? []))].toSorted((a, b) => a - b)
  return new Map(
    moments.map((moment) => {
      const there = states.filter(({ erasedAtMs }) => erasedAtMs === null || erasedAtMs >= moment)
      const gone = there.filter(({ erasedAtMs }) => erasedAtMs !== null).length
      return [documentsRoot(there.map(({ id }) => id)), gone] as const
    }),
  )
}

function differenceOf(was: Provenance, is: Provenance) {
  const shares = new Map(was.payees.map(({ payee, sharePpm }) => [payee, sharePpm]))
  const due = new Map(is.payees.map(({ payee, sharePpm }) => [payee, sharePpm]))
  const payee = [...new Set([...due.keys(), ...shares.keys()])].find((one) => shares.get(one) !== due.get(one))
  const [storedPpm, recomputedPpm] =
    payee === undefined ? [was.unexplainedPpm, is.unexplainedPpm] : [shares.get(payee) ?? 0, due.get(payee) ?? 0]
  return { payee: payee ?? 'spans, bits or what is unexplained', storedPpm, recomputedPpm }
}

/** No finding: texts that the trace needs were taken down since, and nobody has them any more. */
function samplesGone(receipt: Digest, facts: { traced: string; now: string; gone: number }): TributaryError {
  return new TributaryError(
    `Not recomputable: ${facts.gone} ${facts.gone === 1 ? 'sample of this version was' : 'samples of this version were'} taken down since the answer was traced, and no text of them is kept.`,
    {
      code: 'audit/samples-gone',
      facts: { receipt, ...facts },
      tryThis: 'compare the signed record with what was published of its epoch: what was paid stays as it was',
    },
  )
}
