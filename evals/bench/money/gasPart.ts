import { ExactEvmScheme } from '@x402/evm/exact/client'
import { x402Client } from '@x402/fetch'
import {
  claimMany,
  closeEpoch,
  ensureOpen,
  exactScheme,
  finaliseRoot,
  growRewardTree,
  networkOf,
  proposeRoot,
  refund,
  type RewardTree,
} from '../../../chain/index.ts'
import { digestText, TributaryError, type PayeeId } from '../../../kernel/index.ts'
import type { Row } from '../../renderTable.ts'
import { judged } from '../engine/judged.ts'
import type { MoneyContext } from './MoneyContext.ts'
import { openSellingSystem } from './openSellingSystem.ts'
import { payeeAddress, rewardLeaves } from './rewardLeaves.ts'

const many = 100

/** Epochs that follow one another on one vault: how large its tree is, what each payee has by then, and who of them claims. */
const epochs = [
  { leaves: 1, wei: 1n, claimsFrom: undefined },
  { leaves: 10, wei: 1n, claimsFrom: undefined },
  { leaves: 1_000, wei: 1n, claimsFrom: 0 },
  { leaves: 1_000, wei: 2n, claimsFrom: 0 },
  { leaves: 1_000_000, wei: 3n, claimsFrom: 5_000 },
  { leaves: 1_000_000, wei: 4n, claimsFrom: 5_000 },
] as const

/**
 * Gas of whole transactions on a real anvil, as their receipts say it: closing an epoch, proposing and finalising roots of real trees,
 * claims of 100 payees with their real proofs, a payment and its refund. The first root of a vault writes into empty slots.
 */
export async function gasPart({ say }: MoneyContext): Promise<Row[]> {
  const system = await openSellingSystem()
  try {
    const { chain, keys } = system.ctx
    const gasOf = async ({ tx }: { tx: string }): Promise<number> =>
      Number((await chain.reader.getTransactionReceipt({ hash: tx as `0x${string}` })).gasUsed)
    const rows: Row[] = []
    const note = (figure: string, value: number, most?: number): void => {
      rows.push(judged({ figure, value, unit: 'gas' }, most === undefined ? undefined : { of: 'value', most }))
    }
    let before = 0n
    for (const [i, { leaves, wei, claimsFrom }] of epochs.entries()) {
      const epoch = i + 1
      say(`gas of epoch ${epoch} of ${epochs.length}: ${leaves} leaves`)
      const tree = await growRewardTree(rewardLeaves(leaves, wei))
      const contributorsWei = tree.totalWei - before
      before = tree.totalWei
      const poolWei = contributorsWei / 10n
      const account = chain.contracts.feeEscrow
      await ensureOpen(chain, { account, wei: contributorsWei + poolWei })
      const datanet = digestText('a Datanet')
      const pools = poolWei > 0n ? [{ datanet, wei: poolWei }] : []
      const closed = await closeEpoch(chain, { epoch, contributorsWei, operatorsWei: 0n, treasuryWei: 0n, pools })
      if (epoch === 4) note('closeEpoch, with the pool of one Datanet', await gasOf(closed))
      const { root, totalWei } = tree
      const proposed = await proposeRoot(chain, { epoch, root, totalWei, evidence: digestText(`evidence ${epoch}`) })
      const both = (await gasOf(proposed)) + (await gasOf(await finaliseRoot(chain, epoch)))
      if (epoch === 1) note('propose + finalise, the first of a vault', both)
      else if (claimsFrom === undefined || epoch % 2 === 1)
        note(`propose + finalise, ${leaves.toLocaleString('en')} leaves`, both, 130_000)
      if (claimsFrom === undefined) continue
      const each = (await gasOf(await claimOnce(chain, tree, claimsFrom))) / many
      const isFirst = epoch % 2 === 1
      const what = `claimMany of ${many}, ${isFirst ? 'the first time' : 'after'}, of ${leaves.toLocaleString('en')} leaves, each`
      note(what, each, isFirst ? 68_000 : 33_000)
    }
    const client = new x402Client()
      .register(networkOf(chain.chainId), new ExactEvmScheme(keys.buyer))
      .setSpendControls({ allowedAssets: true })
    const exact = exactScheme(chain)
    const amountWei = 1_000_000n
    const payload = await client.createPaymentPayload({
      x402Version: 2,
      resource: { url: 'http://shop/answer', description: '', mimeType: 'application/json' },
      accepts: [exact.requirements({ amountWei })],
    })
    const { payer, nonce } = exact.decode(payload)
    note('a payment by exact', await gasOf(await exact.settle({ payer, nonce, payload }, amountWei)))
    note('its refund', await gasOf(await refund(chain, { epoch: epochs.length + 1, payer, nonce, amountWei })))
    return rows
  } finally {
    await system.close()
  }
}

async function claimOnce(
  chain: Parameters<typeof claimMany>[0],
  tree: RewardTree,
  from: number,
): Promise<{ tx: string }> {
  const claims = Array.from({ length: many }, (_, i) => tree.claim(payeeAddress(from + i) as PayeeId))
  const { txs } = await claimMany(chain, claims)
  if (txs.length === 1) return txs[0]!
  throw new TributaryError('The claims were not one transaction.', {
    code: 'evals/claims',
    facts: { transactions: txs.length },
    tryThis: 'compare with the size of a batch in chain/actions/claimMany.ts',
  })
}
