import { join } from 'node:path'
import type { Digest } from '../../../kernel/index.ts'
import { attributionOf, getAdapter, getEpoch, getReceipt, historyOf, listCheckpoints } from '../../../store/index.ts'
import type { TourSummary } from '../../../tools/index.ts'
import { editCell, firstLetter, flipByte, nextDigit, type Cell, type Undo } from './edits.ts'
import type { Opened } from './openHere.ts'

/** A home after a tour. `receipt` is the answer that is audited, `other` one more of the same epoch. */
export type AuditedHome = { dir: string; opened: Opened; summary: TourSummary; receipt: Digest; other: Digest }

/** The row of a table by one key: of the audited receipt unless another id is given. */
export const row = (
  { receipt }: AuditedHome,
  table: string,
  key: string,
  column: string,
  id: string = receipt,
): Cell => ({
  table,
  column,
  where: { [key]: id },
})

/** The scores of a receipt in one of the two tiers. */
export const scores = (
  { receipt }: AuditedHome,
  tier: 'receipt' | 'money',
  column: string,
  id: string = receipt,
): Cell => ({ table: 'attributions', column, where: { receipt: id, tier } })

const blobFile = ({ opened }: AuditedHome, digest: Digest | null | undefined) => opened.ctx.blobs.path(digest!)
const adapter = ({ opened, summary }: AuditedHome) => getAdapter(opened.ctx.store, { digest: summary.adapter.digest })

const server = 'the duty of the server'
const owner = 'the duty of the model owner'
const operator = 'the duty of the operator'

/** What is edited, how, and whom the audit must name. The first ten are those of the issue. */
export const auditEdits: [title: string, edit: (home: AuditedHome) => Promise<Undo>, culprit: string, duty: string][] =
  [
    [
      'a letter of the stored answer',
      (home) => editCell(home.opened, row(home, 'answers', 'receipt', 'answer_text'), firstLetter),
      'the stored answer;',
      server,
    ],
    [
      'a digit of the receipt',
      (home) => editCell(home.opened, row(home, 'receipts', 'id', 'body'), nextDigit('"feeWei":"')),
      'the receipt;',
      server,
    ],
    [
      'a byte of the adapter',
      (home) => flipByte(join(home.dir, 'adapters', home.summary.adapter.digest.slice(2), 'adapter_model.safetensors')),
      'the adapter;',
      owner,
    ],
    [
      'a byte of a checkpoint',
      async (home) =>
        flipByte(
          blobFile(home, (await listCheckpoints(home.opened.ctx.store, { run: (await adapter(home)).run }))[0]!.state),
        ),
      'the checkpoint of step 4;',
      owner,
    ],
    [
      'a byte of a counterfactual adapter',
      async (home) => flipByte(blobFile(home, (await adapter(home)).files['counterfactual/1'])),
      'the counterfactual adapter of group 2;',
      owner,
    ],
    [
      'a digit of a score that was given at once',
      (home) => editCell(home.opened, scores(home, 'receipt', 'body'), nextDigit('"scoreMicroNats":')),
      'the scores;',
      'the duty of the attributor',
    ],
    [
      'a digit of a score that is paid',
      (home) => editCell(home.opened, scores(home, 'money', 'body'), nextDigit('"scoreMicroNats":')),
      'the scores;',
      'the duty of the attributor',
    ],
    [
      'a byte of the sample scores of the epoch',
      async (home) =>
        flipByte(blobFile(home, (await attributionOf(home.opened.ctx.store, { receipt: home.receipt })).sampleScores)),
      'the scores that are paid;',
      'the duty of the attributor',
    ],
    [
      'a byte of the report how the epoch was scored',
      async (home) =>
        flipByte(
          blobFile(home, (await getEpoch(home.opened.ctx.store, { epoch: home.summary.settlement.epoch })).scoring),
        ),
      'the scores that are paid;',
      'the duty of the attributor',
    ],
    [
      'a byte of the path of the run',
      async (home) => flipByte(blobFile(home, (await adapter(home)).files['path'])),
      'the path of the run;',
      owner,
    ],
    [
      'a digit of the revenue rule',
      async (home) =>
        editCell(
          home.opened,
          row(
            home,
            'rules',
            'digest',
            'body',
            (await getReceipt(home.opened.ctx.store, { id: home.receipt })).receipt.rule,
          ),
          nextDigit('"contributorsPpm":'),
        ),
      'the revenue rule;',
      operator,
    ],
    [
      'a wei of a Merkle leaf',
      (home) =>
        editCell(
          home.opened,
          {
            table: 'leaves',
            column: 'cumulative_wei',
            where: { epoch: home.summary.settlement.epoch, payee: home.summary.contributors[0]!.payee },
          },
          nextDigit(''),
        ),
      'a Merkle leaf;',
      operator,
    ],
    [
      'a byte of the Temporal history',
      async (home) =>
        flipByte(
          blobFile(home, (await historyOf(home.opened.ctx.store, { workflow: `attribute/${home.receipt}` })).blob),
        ),
      'the Temporal history;',
      operator,
    ],
    [
      'a letter of a Datanet sample',
      (home) =>
        editCell(
          home.opened,
          row(home, 'samples', 'id', 'completion', home.summary.answers[0]!.top[0]!.sample),
          firstLetter,
        ),
      'a Datanet sample;',
      'the duty of the Datanet’s keeper',
    ],

    [
      'the payee of a Datanet sample',
      (home) =>
        editCell(
          home.opened,
          row(home, 'samples', 'id', 'payee', home.summary.answers[0]!.top[0]!.sample),
          (payee) => `${payee}x`,
        ),
      'a Datanet sample;',
      'keeper',
    ],
    [
      'a letter of the stored request',
      (home) => editCell(home.opened, row(home, 'answers', 'receipt', 'request_salt'), nextDigit('0x')),
      'the stored request;',
      server,
    ],
    [
      'a token of the stored request',
      (home) => editCell(home.opened, row(home, 'answers', 'receipt', 'prompt_ids'), nextDigit('[')),
      'the stored tokens of the request;',
      server,
    ],
    [
      'a token of the stored answer',
      (home) => editCell(home.opened, row(home, 'answers', 'receipt', 'answer_ids'), nextDigit('[')),
      'the answer;',
      server,
    ],
    [
      'a digit of the signature',
      (home) => editCell(home.opened, row(home, 'receipts', 'id', 'signature'), nextDigit('0x')),
      'the receipt;',
      server,
    ],
    [
      'the settlement transaction',
      (home) => editCell(home.opened, row(home, 'payments', 'receipt', 'settlement_tx'), nextDigit('0x')),
      'the settlement transaction;',
      server,
    ],
    [
      'the digest of a checkpoint',
      async (home) =>
        editCell(
          home.opened,
          { table: 'checkpoints', column: 'state', where: { run: (await adapter(home)).run, step: 4 } },
          nextDigit('0x'),
        ),
      'the checkpoint of step 4;',
      owner,
    ],
    [
      'a byte of the model card',
      async (home) => flipByte(blobFile(home, (await adapter(home)).cardDigest)),
      'the model card;',
      owner,
    ],
    [
      'a byte of the plan of the run',
      async (home) => flipByte(blobFile(home, (await adapter(home)).run as Digest)),
      'the plan of the run;',
      owner,
    ],
    [
      'a byte of the sample influence',
      async (home) => flipByte(blobFile(home, (await adapter(home)).files['influence'])),
      'the sample influence;',
      owner,
    ],
    [
      'what a leaf says of its epoch',
      (home) =>
        editCell(
          home.opened,
          {
            table: 'leaves',
            column: 'epoch_wei',
            where: { epoch: home.summary.settlement.epoch, payee: home.summary.contributors[0]!.payee },
          },
          nextDigit(''),
        ),
      'a Merkle leaf;',
      operator,
    ],
    [
      'whose leaf it is',
      (home) =>
        editCell(
          home.opened,
          {
            table: 'leaves',
            column: 'payee',
            where: { epoch: home.summary.settlement.epoch, payee: home.summary.contributors[0]!.payee },
          },
          () => 'name:mallory',
        ),
      'a Merkle leaf;',
      operator,
    ],
    [
      'a digit of another answer’s scores',
      (home) => editCell(home.opened, scores(home, 'money', 'body', home.other), nextDigit('"scoreMicroNats":')),
      'the scores of receipt 0x',
      'the duty of the attributor',
    ],
    [
      'the stored root',
      (home) =>
        editCell(
          home.opened,
          { table: 'epochs', column: 'root', where: { number: home.summary.settlement.epoch } },
          nextDigit('0x'),
        ),
      'the stored reward root;',
      operator,
    ],
  ]
