import { concentration, lorenzCurve, partsOfFee } from '../attribution/index.ts'
import { readCeilings } from '../chain/index.ts'
import { ppmInteger, toWeiString, TributaryError, type Digest, type Ppm, type RevenueRule } from '../kernel/index.ts'
import { claimedWeiOf, getEpoch, getRule, leavesOf, listEpochs, receiptsOfEpoch, type Epoch } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import type { epochReport } from './epochReport.ts'
import type { Run } from './runTool.ts'
import { accountOf } from './settlement/computeStatement.ts'

export const run: Run<typeof epochReport> = async ({ epoch: asked }, ctx) => {
  const { store, chain } = ctx
  const found = await splitEpochOf(ctx, asked)
  const { number: epoch, root, evidenceRoot } = found
  const [receivedWei, treasuryWei] = [found.receivedWei ?? 0n, found.treasuryWei ?? 0n]
  const { rules, servers, modelOwners } = await partsOf(ctx, epoch)
  const [serversWei, modelOwnersWei] = [sum(servers), sum(modelOwners)]
  const payees = (await leavesOf(store, { epoch })).map(({ payee, epochWei }) => {
    // One who serves or owns the model may contribute too: what is left is its part as a contributor.
    const asOperator = (servers.get(payee) ?? 0n) + (modelOwners.get(payee) ?? 0n)
    return { isOnlyOperator: asOperator > 0n && epochWei === asOperator, wei: epochWei - asOperator }
  })
  const contributors = payees.flatMap(({ isOnlyOperator, wei }) => (isOnlyOperator ? [] : [wei]))
  const most = (part: (rule: RevenueRule) => number) => ppmOf(Math.max(0, ...[...rules.values()].map(part)))
  const ceilings = await readCeilings(chain)
  return {
    epoch,
    state: found.state,
    receipts: found.receiptCount ?? 0,
    receivedWei: toWeiString(receivedWei),
    paidWei: toWeiString(found.paidWei ?? 0n),
    contributorsWei: toWeiString((found.paidWei ?? 0n) - serversWei - modelOwnersWei),
    serversWei: toWeiString(serversWei),
    modelOwnersWei: toWeiString(modelOwnersWei),
    treasuryWei: toWeiString(treasuryWei),
    poolWei: toWeiString(found.poolWei ?? 0n),
    claimedWei: toWeiString(await claimedWeiOf(store, { epoch })),
    takes: [
      {
        part: 'treasury',
        ppm: partPpm(treasuryWei, receivedWei),
        ruleCeilingPpm: most(({ treasuryPpm }) => treasuryPpm),
        contractCeilingPpm: ppmOf(ceilings.treasuryPpm),
      },
      {
        part: 'server and model owner',
        ppm: partPpm(serversWei + modelOwnersWei, receivedWei),
        ruleCeilingPpm: most(({ serverPpm, modelOwnerPpm }) => serverPpm + modelOwnerPpm),
        contractCeilingPpm: ppmOf(ceilings.operatorsPpm),
      },
    ],
    concentration: {
      payees: branded(contributors),
      servers: branded([...servers.values()]),
      modelOwners: branded([...modelOwners.values()]),
    },
    lorenz: lorenzCurve(contributors).map(({ peoplePpm, sharePpm }) => ({
      peoplePpm: ppmOf(peoplePpm),
      sharePpm: ppmOf(sharePpm),
    })),
    rules: [...rules.keys()].toSorted(),
    root,
    evidence: evidenceRoot,
    evidenceForm: found.evidenceVersion ?? 1,
    scoring: found.scoring,
    published: found.published,
    transactions: { close: found.closeTx, propose: found.proposeTx, final: found.finalTx },
  }
}

async function splitEpochOf(
  { store }: ToolContext,
  asked: number | undefined,
): Promise<Epoch & { root: Digest; evidenceRoot: Digest }> {
  const found =
    asked === undefined
      ? (await listEpochs(store, {})).findLast(({ root }) => root !== null)
      : await getEpoch(store, { epoch: asked })
  const { root, evidenceRoot } = found ?? { root: null, evidenceRoot: null }
  if (found && root !== null && evidenceRoot !== null) return { ...found, root, evidenceRoot }
  throw new TributaryError('This epoch is not split yet, so there is nothing to report.', {
    code: 'tools/epoch-not-split',
    facts: { epoch: asked ?? 0, state: found?.state ?? 'none' },
    tryThis: 'close the epoch first: tributary tools close-epoch',
  })
}

/** What servers and model owners get: of each receipt its signer, and the owner of the home's adapters. */
async function partsOf({ store, keys }: ToolContext, epoch: number) {
  const rules = new Map<Digest, RevenueRule>()
  const servers = new Map<string, bigint>()
  const modelOwners = new Map<string, bigint>()
  const add = (to: Map<string, bigint>, who: string, wei: bigint) => to.set(who, (to.get(who) ?? 0n) + wei)
  const owner = accountOf(keys.modelOwner.address)
  for (const { receipt, signer } of await receiptsOfEpoch(store, { epoch })) {
    const rule = rules.get(receipt.rule) ?? (await getRule(store, { digest: receipt.rule }))
    rules.set(receipt.rule, rule)
    const { serverWei, modelOwnerWei } = partsOfFee(BigInt(receipt.feeWei), rule)
    add(servers, accountOf(signer), serverWei)
    add(modelOwners, owner, modelOwnerWei)
  }
  return { rules, servers, modelOwners }
}

function sum(parts: ReadonlyMap<string, bigint>): bigint {
  return [...parts.values()].reduce((total, wei) => total + wei, 0n)
}

function partPpm(wei: bigint, of: bigint): Ppm {
  return ppmOf(of === 0n ? 0 : Number((1_000_000n * wei) / of))
}

function ppmOf(value: number): Ppm {
  return ppmInteger.parse(value)
}

function branded(amounts: readonly bigint[]) {
  const { count, giniPpm, top1Ppm, top10Ppm } = concentration(amounts)
  return { count, giniPpm: ppmOf(giniPpm), top1Ppm: ppmOf(top1Ppm), top10Ppm: ppmOf(top10Ppm) }
}
