import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText, type Digest } from '../../kernel/index.ts'
import { historyOf, leavesOf } from '../../store/index.ts'
import { definitions, type TourSummary } from '../../tools/index.ts'
import { auditEdits, row, scores, type AuditedHome } from './harness/auditEdits.ts'
import { editCell, nextDigit, type Undo } from './harness/edits.ts'
import { openHere, type Opened } from './harness/openHere.ts'
import { endStarted, startProcess } from './harness/startProcess.ts'
import { tinyHome, type TinyHome } from './harness/tinyHome.ts'

let home: TinyHome
let summary: TourSummary
let opened: Opened
/** The answer that is audited, and one more of the same epoch. */
let receipt: Digest
let other: Digest

beforeAll(async () => {
  home = await tinyHome()
  summary = await startProcess(home).summary()
  opened = await openHere(home)
  receipt = summary.audits[0]!.receipt
  other = summary.answers.find((answer) => answer.receipt !== receipt)!.receipt
})
afterAll(async () => {
  await opened?.close()
  await endStarted()
  home?.remove()
})

const audited = (): AuditedHome => ({ dir: home.dir, opened, summary, receipt, other })
const audit = async (id = receipt) => opened.tool(definitions.audit, { receipt: id })
test('before any edit the audit passes', async () => {
  expect(await audit()).toMatchObject({ verdict: 'PASS' })
})

test.each(auditEdits)(
  '%s, edited, fails the audit by name; restored, it passes',
  async (_title, edit, culprit, duty) => {
    const undo = await edit(audited())
    try {
      const { verdict, checks } = await audit()
      expect(verdict).toBe('FAIL')
      expect(checks.at(-1)?.culprit).toContain(culprit)
      expect(checks.at(-1)?.culprit).toContain(duty)
    } finally {
      await undo()
    }
    expect(await audit()).toMatchObject({ verdict: 'PASS' })
  },
)

/** Audits while several edits stand at once. */
async function culpritWhile(undos: Undo[], id = receipt): Promise<string | undefined> {
  try {
    return (await audit(id)).checks.at(-1)?.culprit
  } finally {
    for (const undo of undos.toReversed()) await undo()
  }
}

test('scores rewritten together with their digest are found by computing them again, by the report or by the root on chain', async () => {
  const forge = async (tier: 'receipt' | 'money'): Promise<Undo[]> => {
    let body = ''
    const rewrite = (stored: string) => (body = nextDigit('"scoreMicroNats":')(stored))
    return [
      await editCell(opened, scores(audited(), tier, 'body'), rewrite),
      await editCell(opened, scores(audited(), tier, 'digest'), () => digestText(body)),
    ]
  }
  expect(await culpritWhile(await forge('receipt'))).toContain('the scores at once; it was the duty of the attributor')
  expect(await culpritWhile(await forge('money'))).toContain('the scores that are paid; it was the duty of the attr')
  expect(await culpritWhile(await forge('money'), other)).toMatch(
    /the scoring report of the epoch|scores.*the operator, who posted the root/,
  )
})

test('a history rewritten together with its digest is found by replaying it', async () => {
  const { store, blobs } = opened.ctx
  const workflow = `attribute/${receipt}`
  const text = new TextDecoder().decode(await blobs.get((await historyOf(store, { workflow })).blob))
  // The argument of the one activity, as Temporal keeps it: base64 of the JSON.
  const argument = btoa(JSON.stringify({ receipt }))
  const at = text.lastIndexOf(argument)
  expect(at).toBeGreaterThan(0)
  const forged = text.slice(0, at) + btoa(JSON.stringify({ receipt: other })) + text.slice(at + argument.length)
  const rewritten = await blobs.put(new TextEncoder().encode(forged))
  const undo = await editCell(opened, row(audited(), 'histories', 'workflow', 'blob', workflow), () => rewritten)
  expect(await culpritWhile([undo])).toContain('the Temporal history; it was the duty of the operator')
})

test('a leaf that was taken out is missed', async () => {
  const { epoch } = summary.settlement
  const { payee } = (await leavesOf(opened.ctx.store, { epoch })).at(-1)!
  const elsewhere = () => String(summary.settlement.epoch + 1)
  const undo = await editCell(opened, { table: 'leaves', column: 'epoch', where: { epoch, payee } }, elsewhere)
  expect(await culpritWhile([undo])).toContain('a Merkle leaf;')
})
