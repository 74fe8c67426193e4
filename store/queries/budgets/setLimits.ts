import { sql } from 'drizzle-orm'
import { digestOf } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { budgetLimits } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import type { SignLine } from '../traces/appendTrace.ts'
import { budgetLine } from './budgetLine.ts'

export type Limit = typeof budgetLimits.$inferSelect

/**
 * Sets limits of a wallet, and leaves a signed line for each that changed. Null takes a limit away. What a run sets for
 * itself only ever becomes tighter. A limit below what is used already stops all further use, and takes nothing back.
 */
export const setLimits = defineQuery(
  'setLimits',
  async (
    store,
    { limits, sign }: { limits: readonly (Omit<Limit, 'limitWei'> & { limitWei: bigint | null })[]; sign: SignLine },
  ): Promise<void> =>
    transaction(store, async (tx) => {
      for (const { limitWei, ...at } of limits) {
        const row = { ...at, wallet: at.wallet.toLowerCase() as Limit['wallet'], asset: at.asset.toLowerCase() as Limit['asset'] } // prettier-ignore
        const { wallet, asset, agent, scope, bucket, setBy } = row
        if (limitWei === null) {
          await tx.db.delete(budgetLimits).where(
            sql`${budgetLimits.wallet} = ${wallet} and ${budgetLimits.asset} = ${asset} and ${budgetLimits.agent} = ${agent}
              and ${budgetLimits.scope} = ${scope} and ${budgetLimits.bucket} = ${bucket} and ${budgetLimits.setBy} = ${setBy}`,
          )
        } else {
          const changed = await tx.db
            .insert(budgetLimits)
            .values({ ...row, limitWei })
            .onConflictDoUpdate({
              target: [budgetLimits.wallet, budgetLimits.asset, budgetLimits.agent, budgetLimits.scope, budgetLimits.bucket, budgetLimits.setBy], // prettier-ignore
              set: { limitWei, atMs: row.atMs },
              setWhere: setBy === 'run' ? sql`${budgetLimits.limitWei} > ${`${limitWei}`}::numeric` : sql`${budgetLimits.limitWei} <> ${`${limitWei}`}::numeric`, // prettier-ignore
            })
            .returning({ agent: budgetLimits.agent })
          if (changed.length === 0) continue
        }
        const body = { agent, scope, bucket, setBy, limitWei: limitWei === null ? null : `${limitWei}`, atMs: row.atMs }
        const key = `limit/${agent}/${scope}/${bucket}/${setBy}`
        await budgetLine(tx, { key, wallet, asset, name: digestOf(body), kind: 'limit', body }, sign)
      }
    }),
)
