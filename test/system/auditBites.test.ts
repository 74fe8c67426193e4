import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText, type Digest } from '../../kernel/index.ts'
import { attributionOf, getAdapter, getEpoch, getReceipt, historyOf, listCheckpoints, leavesOf } from '../../store/index.ts'
import { definitions, type TourSummary } from '../../tools/index.ts'
import { editCell, firstLetter, flipByte, nextDigit, type Undo } from './harness/edits.ts'
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

const audit = async (id = receipt) => opened.tool(definitions.audit, { receipt: id })
const row = (table: string, key: string, column: string, id: string = receipt) => ({
  table,
  column,
  where: { [key]: id },
})
const scores = (tier: 'receipt' | 'money', column: string, id: string = receipt) => ({
  table: 'attributions',
  column,
  where: { receipt: id, tier },
})
const blobFile = (digest: Digest | null | undefined) => opened.ctx.blobs.path(digest!)
const adapter = () => getAdapter(opened.ctx.store, { digest: summary.adapter.digest })

const server = 'the duty of the server'
const owner = 'the duty of the model owner'
const operator = 'the duty of the operator'

/** What is edited, how, and whom the audit must name. The first ten are those of the issue. */
const edits: [title: string, edit: () => Promise<Undo>, culprit: string, duty: string][] = [
  [
    'a letter of the stored answer',
    () => editCell(opened, row('answers', 'receipt', 'answer_text'), firstLetter),
    'the stored answer;',
    server,
  ],
  [
    'a digit of the receipt',
    () => editCell(opened, row('receipts', 'id', 'body'), nextDigit('"feeWei":"')),
    'the receipt;',
    server,
  ],
  [
    'a byte of the adapter',
    () => flipByte(join(home.dir, 'adapters', summary.adapter.digest.slice(2), 'adapter_model.safetensors')),
    'the adapter;',
    owner,
  ],
  [
    'a byte of a checkpoint',
    async () => flipByte(blobFile((await listCheckpoints(opened.ctx.store, { run: (await adapter()).run }))[0]!.state)),
    'the checkpoint of step 4;',
    owner,
  ],
  [
    'a byte of a counterfactual adapter',
    async () => flipByte(blobFile((await adapter()).files['counterfactual/1'])),
    'the counterfactual adapter of group 2;',
    owner,
  ],
  [
    'a digit of a score that was given at once',
    () => editCell(opened, scores('receipt', 'body'), nextDigit('"scoreMicroNats":')),
    'the scores;',
    'the duty of the attributor',
  ],
  [
    'a digit of a score that is paid',
    () => editCell(opened, scores('money', 'body'), nextDigit('"scoreMicroNats":')),
    'the scores;',
    'the duty of the attributor',
  ],
  [
    'a byte of the sample scores of the epoch',
    async () => flipByte(blobFile((await attributionOf(opened.ctx.store, { receipt })).sampleScores)),
    'the scores that are paid;',
    'the duty of the attributor',
  ],
  [
    'a byte of the report how the epoch was scored',
    async () => flipByte(blobFile((await getEpoch(opened.ctx.store, { epoch: summary.settlement.epoch })).scoring)),
    'the scores that are paid;',
    'the duty of the attributor',
  ],
  [
    'a byte of the path of the run',
    async () => flipByte(blobFile((await adapter()).files['path'])),
    'the path of the run;',
    owner,
  ],
  [
    'a digit of the revenue rule',
    async () =>
      editCell(
        opened,
        row('rules', 'digest', 'body', (await getReceipt(opened.ctx.store, { id: receipt })).receipt.rule),
        nextDigit('"contributorsPpm":'),
      ),
    'the revenue rule;',
    operator,
  ],
  [
    'a wei of a Merkle leaf',
    () =>
      editCell(
        opened,
        {
          table: 'leaves',
          column: 'cumulative_wei',
          where: { epoch: summary.settlement.epoch, payee: summary.contributors[0]!.payee },
        },
        nextDigit(''),
      ),
    'a Merkle leaf;',
    operator,
  ],
  [
    'a byte of the Temporal history',
    async () => flipByte(blobFile((await historyOf(opened.ctx.store, { workflow: `attribute/${receipt}` })).blob)),
    'the Temporal history;',
    operator,
  ],
  [
    'a letter of a Datanet sample',
    () => editCell(opened, row('samples', 'id', 'completion', summary.answers[0]!.top[0]!.sample), firstLetter),
    'a Datanet sample;',
    'the duty of the Datanet’s keeper',
  ],

  [
    'the payee of a Datanet sample',
    () => editCell(opened, row('samples', 'id', 'payee', summary.answers[0]!.top[0]!.sample), (payee) => `${payee}x`),
    'a Datanet sample;',
    'keeper',
  ],
  [
    'a letter of the stored request',
    () => editCell(opened, row('answers', 'receipt', 'request_salt'), nextDigit('0x')),
    'the stored request;',
    server,
  ],
  [
    'a token of the stored request',
    () => editCell(opened, row('answers', 'receipt', 'prompt_ids'), nextDigit('[')),
    'the stored tokens of the request;',
    server,
  ],
  [
    'a token of the stored answer',
    () => editCell(opened, row('answers', 'receipt', 'answer_ids'), nextDigit('[')),
    'the answer;',
    server,
  ],
  [
    'a digit of the signature',
    () => editCell(opened, row('receipts', 'id', 'signature'), nextDigit('0x')),
    'the receipt;',
    server,
  ],
  [
    'the settlement transaction',
    () => editCell(opened, row('payments', 'receipt', 'settlement_tx'), nextDigit('0x')),
    'the settlement transaction;',
    server,
  ],
  [
    'the digest of a checkpoint',
    async () =>
      editCell(
        opened,
        { table: 'checkpoints', column: 'state', where: { run: (await adapter()).run, step: 4 } },
        nextDigit('0x'),
      ),
    'the checkpoint of step 4;',
    owner,
  ],
  ['a byte of the model card', async () => flipByte(blobFile((await adapter()).cardDigest)), 'the model card;', owner],
  [
    'a byte of the plan of the run',
    async () => flipByte(blobFile((await adapter()).run as Digest)),
    'the plan of the run;',
    owner,
  ],
  [
    'a byte of the sample influence',
    async () => flipByte(blobFile((await adapter()).files['influence'])),
    'the sample influence;',
    owner,
  ],
  [
    'what a leaf says of its epoch',
    () =>
      editCell(
        opened,
        {
          table: 'leaves',
          column: 'epoch_wei',
          where: { epoch: summary.settlement.epoch, payee: summary.contributors[0]!.payee },
        },
        nextDigit(''),
      ),
    'a Merkle leaf;',
    operator,
  ],
  [
    'whose leaf it is',
    () =>
      editCell(
        opened,
        {
          table: 'leaves',
          column: 'payee',
          where: { epoch: summary.settlement.epoch, payee: summary.contributors[0]!.payee },
        },
        () => 'name:mallory',
      ),
    'a Merkle leaf;',
    operator,
  ],
  [
    'a digit of another answer’s scores',
    () => editCell(opened, scores('money', 'body', other), nextDigit('"scoreMicroNats":')),
    'the scores of receipt 0x',
    'the duty of the attributor',
  ],
  [
    'the stored root',
    () =>
      editCell(
        opened,
        { table: 'epochs', column: 'root', where: { number: summary.settlement.epoch } },
        nextDigit('0x'),
      ),
    'the stored reward root;',
    operator,
  ],
]

test('before any edit the audit passes', async () => {
  expect(await audit()).toMatchObject({ verdict: 'PASS' })
})

test.each(edits)('%s, edited, fails the audit by name; restored, it passes', async (_title, edit, culprit, duty) => {
  const undo = await edit()
  try {
    const { verdict, checks } = await audit()
    expect(verdict).toBe('FAIL')
    expect(checks.at(-1)?.culprit).toContain(culprit)
    expect(checks.at(-1)?.culprit).toContain(duty)
  } finally {
    await undo()
  }
  expect(await audit()).toMatchObject({ verdict: 'PASS' })
})

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
      await editCell(opened, scores(tier, 'body'), rewrite),
      await editCell(opened, scores(tier, 'digest'), () => digestText(body)),
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
  const undo = await editCell(opened, row('histories', 'workflow', 'blob', workflow), () => rewritten)
  expect(await culpritWhile([undo])).toContain('the Temporal history; it was the duty of the operator')
})

test('a leaf that was taken out is missed', async () => {
  const { epoch } = summary.settlement
  const { payee } = (await leavesOf(opened.ctx.store, { epoch })).at(-1)!
  const elsewhere = () => String(summary.settlement.epoch + 1)
  const undo = await editCell(opened, { table: 'leaves', column: 'epoch', where: { epoch, payee } }, elsewhere)
  expect(await culpritWhile([undo])).toContain('a Merkle leaf;')
})
