import { isAddressEqual, recoverTypedDataAddress, type Hex } from 'viem'
import { TributaryError, type Address } from '../../kernel/index.ts'
import {
  contributionTypedData,
  importBatchTypedData,
  nobody,
  type ContributionTerms,
  type ImportBatch,
  type SigningScope,
} from './typedData.ts'

/**
 * Checks who signed a contribution: the payee himself, whose id is then his address, or the steward named by
 * `importedBy` for a payee that has not claimed. Keys of externally owned accounts only, no contract wallets (ERC-1271).
 * Returns the signer. Throws datanets/bad-signature with expected and recovered address.
 */
export async function verifyContribution(
  terms: ContributionTerms,
  signature: string,
  scope?: SigningScope,
): Promise<Address> {
  const owner = isAddressEqual(terms.importedBy, nobody)
  if (owner && !terms.payee.startsWith('0x')) {
    throw new TributaryError('Only an address can sign for itself.', {
      code: 'datanets/bad-signature',
      facts: { payee: terms.payee },
      tryThis: "use the contributor's address as payee, or let a steward sign and name him in importedBy",
    })
  }
  const expected = owner ? (terms.payee as string as Address) : terms.importedBy
  const recovered = await recover(() =>
    recoverTypedDataAddress({ ...contributionTypedData(terms, scope), signature: signature as Hex }),
  )
  return agree(expected, recovered)
}

/** Checks a steward's signature over a whole import. Returns the steward. Throws datanets/bad-signature. */
export async function verifyImportBatch(batch: ImportBatch, signature: string, scope?: SigningScope): Promise<Address> {
  const recovered = await recover(() =>
    recoverTypedDataAddress({ ...importBatchTypedData(batch, scope), signature: signature as Hex }),
  )
  return agree(batch.importedBy, recovered)
}

async function recover(run: () => Promise<Hex>): Promise<Hex> {
  try {
    return await run()
  } catch (cause) {
    throw new TributaryError('The signature is malformed.', {
      code: 'datanets/bad-signature',
      tryThis: 'sign the typed data again: 65 bytes in hex, from an EIP-712 wallet',
      cause,
    })
  }
}

function agree(expected: Address, recovered: Hex): Address {
  if (isAddressEqual(expected, recovered)) return expected
  throw new TributaryError('The signature is not by the one it should be by.', {
    code: 'datanets/bad-signature',
    facts: { expected, recovered },
    tryThis: 'sign these very fields (text, payee, licence, source, Datanet) with the key of the expected address',
  })
}
