import { defaultRevenueRule } from '../../attribution/index.ts'
import { digestOf } from '../../kernel/index.ts'
import { backtestReport, type BacktestReport } from '../../tools/governing/backtestReport.ts'

/** A back-test of 40 payees, one of whom is called what a stranger would like to see run. */
export function exampleBacktest(evil: string): BacktestReport {
  const payees = Array.from({ length: 40 }, (_, i) => {
    const was = BigInt(1 + ((i * 37) % 41)) * 10n ** 14n
    const would = i === 5 ? 0n : (was * BigInt(60 + ((i * 31) % 80))) / 100n
    return {
      payee: i === 3 ? `git:${evil}` : `npm:package-${i}`,
      paidWei: String(was),
      proposedWei: String(would),
      changeWei: String(would - was),
      changePpm: Number(((would - was) * 1_000_000n) / was),
    }
  })
  const parts = (contributors: number, treasury: number) => ({
    contributorsWei: `${contributors}${'0'.repeat(15)}`,
    serverWei: `15${'0'.repeat(15)}`,
    modelOwnerWei: `10${'0'.repeat(15)}`,
    treasuryWei: `${treasury}${'0'.repeat(15)}`,
    poolWei: '0',
  })
  const both = { paid: parts(70, 5), proposed: parts(74, 1) }
  return backtestReport.parse({
    v: 1,
    rule: digestOf('proposed'),
    document: { ...defaultRevenueRule, v: 3, payeeCapPpm: 200_000 },
    against: [{ rule: digestOf(defaultRevenueRule), receipts: 400 }],
    notReplayed: ['exactSample'],
    receipts: 400,
    epochs: [
      {
        epoch: 1,
        root: digestOf('root'),
        evidence: digestOf('e'),
        receipts: 400,
        receivedWei: `1${'0'.repeat(17)}`,
        ...both,
      },
    ],
    receivedWei: `1${'0'.repeat(17)}`,
    ...both,
    owed: { paidWei: '123456', proposedWei: '0' },
    concentration: {
      paid: { count: 40, giniPpm: 512_345, top1Ppm: 60_000, top10Ppm: 410_000 },
      proposed: { count: 40, giniPpm: 532_345, top1Ppm: 70_000, top10Ppm: 440_000 },
    },
    payees,
    droppedToZero: ['npm:package-5'],
  })
}
