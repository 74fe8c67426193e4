import type { Address, Digest, PayeeId } from '../../kernel/index.ts'

/** Nobody: the `importedBy` of one who contributes his own text. */
export const nobody = `0x${'0'.repeat(40)}` as Address
/** The `commitment` of a contribution whose salt the receiving Datanet draws. */
export const noCommitment = `0x${'0'.repeat(64)}` as Digest

/** Binds signatures to a chain and a registry where they are known when signing; the Datanet's name always binds. */
export type SigningScope = { chainId?: number; registry?: Address }

/** What a contributor signs about one sample. `importedBy` is the steward who signs for a payee that has not claimed. */
export type ContributionTerms = {
  datanet: string
  sample: Digest
  payee: PayeeId
  licence: string
  commitment: Digest
  importedBy: Address
}

/** What a steward signs about a whole import: `root` is the batch root over `count` commitments. */
export type ImportBatch = { datanet: string; root: Digest; count: number; importedBy: Address }

const types = {
  Contribution: [
    { name: 'datanet', type: 'string' },
    { name: 'sample', type: 'bytes32' },
    { name: 'payee', type: 'string' },
    { name: 'licence', type: 'string' },
    { name: 'commitment', type: 'bytes32' },
    { name: 'importedBy', type: 'address' },
  ],
  ImportBatch: [
    { name: 'datanet', type: 'string' },
    { name: 'root', type: 'bytes32' },
    { name: 'count', type: 'uint256' },
    { name: 'importedBy', type: 'address' },
  ],
} as const

/** The EIP-712 form of a contribution, as a wallet takes it. */
export function contributionTypedData(terms: ContributionTerms, scope: SigningScope = {}) {
  return { domain: domainOf(scope), types, primaryType: 'Contribution' as const, message: terms }
}

/** The EIP-712 form of an import. */
export function importBatchTypedData(batch: ImportBatch, scope: SigningScope = {}) {
  const message = { ...batch, count: BigInt(batch.count) }
  return { domain: domainOf(scope), types, primaryType: 'ImportBatch' as const, message }
}

function domainOf({ chainId, registry }: SigningScope) {
  return {
    name: 'Tributary Datanet',
    version: '1',
    ...(chainId === undefined ? {} : { chainId }),
    ...(registry === undefined ? {} : { verifyingContract: registry }),
  }
}
