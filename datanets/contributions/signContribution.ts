import type { LocalAccount } from 'viem'
import {
  contributionTypedData,
  importBatchTypedData,
  type ContributionTerms,
  type ImportBatch,
  type SigningScope,
} from './typedData.ts'

type Signer = Pick<LocalAccount, 'signTypedData'>

/** Signs one contribution (EIP-712). */
export function signContribution(account: Signer, terms: ContributionTerms, scope?: SigningScope) {
  return account.signTypedData(contributionTypedData(terms, scope))
}

/** Signs a whole import as its steward: one signature over the batch root, instead of one a sample (EIP-712). */
export function signImportBatch(account: Signer, batch: ImportBatch, scope?: SigningScope) {
  return account.signTypedData(importBatchTypedData(batch, scope))
}
