import { digestOf, revenueRuleSchema } from '../../kernel/index.ts'

/**
 * The revenue rule of a new installation, until governance replaces it: 5 % treasury, 15 % server, 10 % model owner, 70 %
 * contributors, by signed accounts (why: docs/what-is-paid.md). The noise floor is 0: a floor of two standard deviations
 * over seeds (noiseFloor) needs several trained seeds of the adapter in question, and one guessed from a single run would take
 * money from small contributors without evidence; governance should set it where it was measured. Answers of adapters with up to 16
 * payee groups, and those that cost a whole token, are scored exactly, and 8 of the others in each epoch.
 */
export const defaultRevenueRule = revenueRuleSchema.parse({
  v: 2,
  treasuryPpm: 50_000,
  serverPpm: 150_000,
  modelOwnerPpm: 100_000,
  contributorsPpm: 700_000,
  noiseFloorMicroNats: 0,
  shareRule: 'signed-accounts/1',
  exactGroups: 16,
  exactFeeWei: '1000000000000000000',
  exactSample: 8,
  evidenceFloorPpm: 300_000,
})

/** What receipts and the chain call it by. */
export const defaultRevenueRuleDigest = digestOf(defaultRevenueRule)
