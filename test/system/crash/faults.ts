/**
 * Faults that are planted on purpose, each where a real one could be, to see that the reconciliation finds it: texts of the
 * product's sources and what stands there instead. What no longer occurs in its file is an error, so that none goes stale.
 */
export type Fault = { file: string; edits: [from: string, to: string][]; finds: 'double charges' | 'lost payouts' }

export const faults: Record<string, Fault> = {
  /** Nobody asks the chain what became of a settlement that was cut: it is sent again, refused, and counts as failed. */
  'blind-settlement': {
    file: 'chain/payments/settlePayment.ts',
    edits: [
      ['const found = await settled(chain, payment, requirements)', 'const found = undefined as Sent | undefined'],
    ],
    finds: 'double charges',
  },
  /** Three settlements in four are believed without a transaction. */
  'believed-settlement': {
    file: 'chain/payments/settlePayment.ts',
    edits: [
      [
        'const sent = await send(chain, payment)',
        `const sent = payment.nonce < '0xc' ? { tx: payment.nonce, block: 1, sent: true } : await send(chain, payment)`,
      ],
    ],
    finds: 'lost payouts',
  },
}
