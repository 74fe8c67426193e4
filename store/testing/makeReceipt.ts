import {
  addressString,
  digestText,
  receiptSchema,
  toWeiString,
  type Address,
  type Digest,
  type Receipt,
} from '../../kernel/index.ts'
import type { AnswerRecord } from '../queries/payments/recordAnswer.ts'
import type { Reservation } from '../queries/payments/reservePayment.ts'

export const testPayer: Address = addressString.parse(`0x${'Ab'.repeat(20)}`)
const asset = addressString.parse(`0x${'02'.repeat(20)}`)
const payTo = addressString.parse(`0x${'03'.repeat(20)}`)

/** The reservation, receipt and answer of one paid question, all different for each `name`. */
export function makeReservation(name: string, feeWei = 1_000n): Reservation {
  return {
    payer: testPayer,
    nonce: digestText(`nonce ${name}`),
    request: digestText(`request ${name}`),
    asset,
    chainId: 31_337,
    payTo,
    feeWei,
    validBeforeMs: 2_000_000_000_000,
    payload: JSON.stringify({ name }),
  }
}

export function makeReceipt(name: string, feeWei = 1_000n): Receipt {
  const digest = (what: string): Digest => digestText(`${what} ${name}`)
  return receiptSchema.parse({
    v: 1,
    model: 'tributary',
    adapter: digestText('adapter'),
    base: digestText('base'),
    datanet: digestText('datanet'),
    recipe: digestText('recipe'),
    request: digest('request'),
    answer: digest('answer'),
    seed: 7,
    promptTokens: 12,
    completionTokens: 30,
    paddedLength: 64,
    engine: { runtime: 'test', cpu: 'test', graph: digestText('graph'), weights: digestText('weights') },
    feeWei: toWeiString(feeWei),
    asset,
    chainId: 31_337,
    payer: testPayer,
    nonce: digest('nonce'),
    rule: digestText('rule'),
    epoch: 1,
    at: 1_700_000_000_000,
  })
}

export function makeAnswer(name: string, feeWei = 1_000n): AnswerRecord {
  return {
    receipt: makeReceipt(name, feeWei),
    signature: '0x00',
    signer: payTo,
    requestText: `{"question":"${name}"}`,
    requestSalt: digestText(`salt ${name}`),
    answerText: `answer of ${name}`,
    answerSalt: digestText(`salt ${name}`),
    promptIds: [1, 2],
    answerIds: [3, 4],
  }
}
