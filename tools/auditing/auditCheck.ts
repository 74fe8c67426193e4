import {
  TributaryError,
  type AttestedStamp,
  type Digest,
  type ExternalStamp,
  type Facts,
  type Receipt,
} from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'

/** What the checks share: each takes what an earlier one has proved and adds what it proves itself. */
export type Evidence = { id: Digest; receipt: Receipt }

/**
 * One thing that an audit recomputes. `judges`: the stored thing that is at fault where a failure names none; `duty`:
 * who has to answer for it. `run` returns what was found in agreement, or throws; any coded error is the finding, and
 * its facts say what differs.
 */
export type AuditCheck = {
  name: string
  judges: string
  duty: string
  run: (ctx: ToolContext, evidence: Evidence) => Promise<string>
}

/** What a check throws when two things that must agree do not. `what` names the culprit: the stored thing that is wrong. */
export function differs(what: string, facts: Facts): TributaryError {
  return new TributaryError(`${what} is not what it was committed to be.`, {
    code: 'audit/differs',
    facts: { what, ...facts },
    tryThis: 'compare with a backup; whoever had the duty to keep it answers for it',
  })
}

/** No finding but a refusal to judge: another runtime, CPU class, graph or base gives other bits, and blames nobody. */
export function otherMachine(receipt: Digest, here: AttestedStamp, there: AttestedStamp): TributaryError {
  return new TributaryError(
    'This receipt was made by another engine or class of machine, so its bits cannot be compared here.',
    {
      code: 'audit/other-machine',
      facts: {
        receipt,
        hereRuntime: here.runtime,
        hereCpu: here.cpu,
        receiptRuntime: there.runtime,
        receiptCpu: there.cpu,
        sameGraph: here.graph === there.graph,
        sameWeights: here.weights === there.weights,
      },
      tryThis: 'audit on a machine of the receipt’s class, with the release and the base model that it names',
    },
  )
}

/** No finding either: an engine that nobody can run again to the bit made this answer. The receipt says so. */
export function notReproducible(
  receipt: Digest,
  { engine, version, dtype, baseRevision }: ExternalStamp,
): TributaryError {
  return new TributaryError(
    `Not reproducible here: the answer was made by ${engine} ${version}, which is not attested.`,
    {
      code: 'audit/not-reproducible',
      facts: { receipt, engine, version, dtype, baseRevision },
      tryThis: 'buy answers in attested mode where they have to be audited to the bit',
    },
  )
}
