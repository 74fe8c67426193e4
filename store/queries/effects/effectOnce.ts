import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { isHolderAlive, isOwnHolder } from '../../home/processIdentity.ts'
import type { Queryable } from '../../store.ts'
import { claimEffect, takeOverEffect, type EffectRow } from './claimEffect.ts'
import { effectResultText } from './effectResultText.ts'
import { failEffect, finishEffect, renewEffect } from './finishEffect.ts'

const jsonObject = z.record(z.string(), z.unknown())
type JsonObject = z.infer<typeof jsonObject>

/** What is known of an attempt that started and did not report back. */
export type UncertainEffect = {
  key: string
  tool: string
  inputDigest: Digest
  startedAtMs: number
  attempt: number
  /** The code of the error that ended it; undefined when its process died. */
  failure: string | undefined
}

/** What the world says about it: it happened with this result, it did not, or it cannot be told yet. */
export type EffectVerdict = { happened: true; result: unknown } | { happened: false } | 'unknown'

export type EffectRequest<T> = {
  key: string
  tool: string
  /** Digest of the canonical arguments: a key is never reused for other ones. */
  inputDigest: Digest
  /** Checks a result read back from the store; a zod schema does. Default: any JSON object. */
  output: { parse(value: unknown): T }
  /**
   * After a crash or an error in mid-effect: `rerun` for what may happen twice, `refuse` for what must not, or a
   * function that looks at the world (the chain, the file) and tells. Spend tools pass a function.
   */
  onUncertain?: 'rerun' | 'refuse' | ((effect: UncertainEffect) => Promise<EffectVerdict>)
  /** How long to wait for another live process that holds the key. */
  waitMs?: number
  leaseMs?: number
}

/**
 * Run an effect once per key, whoever asks and whatever crashes: the row is written before, the result after.
 * A second use returns the first result, as it reads back from the store.
 *
 * A holder is alive when its process (pid and start time) is, or, on another machine, while its lease is renewed.
 * Cost: two small writes. Throws store/effect-busy (retry), store/effect-uncertain, store/effect-conflict,
 * store/effect-lost, store/effect-result, and what `run` throws.
 */
export function effectOnce<T>(store: Queryable, request: EffectRequest<T>, run: () => Promise<T>): Promise<T>
export function effectOnce(
  store: Queryable,
  request: Omit<EffectRequest<JsonObject>, 'output'>,
  run: () => Promise<JsonObject>,
): Promise<JsonObject>
export function effectOnce(
  store: Queryable,
  request: Omit<EffectRequest<unknown>, 'output'> & { output?: EffectRequest<unknown>['output'] },
  run: () => Promise<unknown>,
): Promise<unknown> {
  return settle(store, { output: jsonObject, ...request }, run)
}

async function settle<T>(store: Queryable, request: EffectRequest<T>, run: () => Promise<T>): Promise<T> {
  const { key, tool, inputDigest: input, output, onUncertain = 'rerun', waitMs = 30_000, leaseMs = 30_000 } = request
  const deadlineMs = Date.now() + waitMs
  for (;;) {
    const claim = await claimEffect(store, { key, tool, input, leaseMs })
    if (claim.won) return hold(store, claim.row, request, run, leaseMs)
    const row = claim.row
    if (row.tool !== tool || row.input !== input) throw conflict(row, tool)
    if (row.state === 'done') return output.parse(JSON.parse(row.result ?? 'null'))
    if (row.state === 'started' && isHeld(row)) {
      if (Date.now() >= deadlineMs) throw busy(row)
      await sleep(Math.min(50, Math.max(1, deadlineMs - Date.now())))
      continue
    }
    // Whoever takes the row over also judges what became of the attempt before.
    const taken = await takeOverEffect(store, { row, leaseMs })
    if (taken === undefined) continue
    const verdict = await judge(store, row, taken, onUncertain)
    if (verdict.happened) {
      const text = effectResultText(tool, verdict.result)
      await finishEffect(store, { row: taken, result: text })
      return output.parse(JSON.parse(text))
    }
    return hold(store, taken, request, run, leaseMs)
  }
}

// Attempts that run in this very module: a row that names us but is not here was left behind by a failed write.
const running = new Set<string>()
const attemptName = (row: EffectRow) => `${row.holder} ${row.attempt} ${row.key}`

function isHeld(row: EffectRow): boolean {
  return isOwnHolder(row.holder) ? running.has(attemptName(row)) : isHolderAlive(row.holder, row.leaseUntilMs)
}

async function hold<T>(
  store: Queryable,
  row: EffectRow,
  { tool, output }: EffectRequest<T>,
  run: () => Promise<T>,
  leaseMs: number,
): Promise<T> {
  // A renewal that fails is no verdict: finishEffect tells whether the row is still ours.
  const renewal = setInterval(() => void renewEffect(store, { row, leaseMs }).catch(() => undefined), leaseMs / 3)
  renewal.unref()
  running.add(attemptName(row))
  try {
    const text = effectResultText(tool, await run())
    await finishEffect(store, { row, result: text })
    return output.parse(JSON.parse(text))
  } catch (failure) {
    await failEffect(store, { row, failure })
    throw failure
  } finally {
    clearInterval(renewal)
    running.delete(attemptName(row))
  }
}

async function judge<T>(
  store: Queryable,
  before: EffectRow,
  taken: EffectRow,
  onUncertain: NonNullable<EffectRequest<T>['onUncertain']>,
): Promise<Exclude<EffectVerdict, 'unknown'>> {
  if (onUncertain === 'rerun') return { happened: false }
  const { key, tool, input, startedAtMs, attempt } = before
  let verdict: EffectVerdict = 'unknown'
  let reason: unknown
  if (onUncertain !== 'refuse') {
    try {
      verdict = await onUncertain({
        key,
        tool,
        inputDigest: input,
        startedAtMs,
        attempt,
        failure: before.failure ?? undefined,
      })
    } catch (failure) {
      reason = failure
    }
  }
  if (verdict !== 'unknown') return verdict
  const uncertain = new TributaryError('It cannot be told whether this effect has happened, so it is not repeated.', {
    code: 'store/effect-uncertain',
    facts: { key, tool, startedAtMs, attempt, failure: before.failure ?? 'its process ended' },
    tryThis: 'look at what the tool would have changed; call again when that can be read',
    retry: onUncertain !== 'refuse',
    cause: reason,
  })
  await failEffect(store, { row: taken, failure: uncertain })
  throw uncertain
}

function busy(row: EffectRow): TributaryError {
  return new TributaryError('Another process is at work on the same effect.', {
    code: 'store/effect-busy',
    facts: { key: row.key, tool: row.tool, holder: row.holder, startedAtMs: row.startedAtMs },
    tryThis: 'call again later: the result is stored when it is done',
    retry: true,
  })
}

function conflict(row: EffectRow, tool: string): TributaryError {
  return new TributaryError('This effect key was used for another call.', {
    code: 'store/effect-conflict',
    facts: { key: row.key, tool, firstTool: row.tool, firstInput: row.input },
    tryThis: 'make the key from the workflow id, the step and the canonical arguments',
  })
}
