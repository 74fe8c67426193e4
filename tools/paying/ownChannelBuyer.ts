import { channelBuyer, type BuyerScheme, type ChannelBuyerOptions, type OwnChannels } from '../../chain/index.ts'
import { digestString, type Digest } from '../../kernel/index.ts'
import { findOwnChannel, saveOwnChannel } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

type Context = NonNullable<Awaited<ReturnType<OwnChannels['storage']['get']>>>
type Deposit = NonNullable<Awaited<ReturnType<OwnChannels['findDeposit']>>>['deposit']

/** The buyer of this home as one who pays by channels, with what it knows of them in the database. */
export function ownChannelBuyer(
  ctx: ToolContext,
  { depositWei, approve }: Pick<ChannelBuyerOptions, 'depositWei' | 'approve'>,
): BuyerScheme {
  const { store, keys, chain, now } = ctx
  const save = (id: Digest, set: object) => saveOwnChannel(store, { id, atMs: now(), ...set })
  const own: OwnChannels = {
    storage: {
      async get(key) {
        const found = await findOwnChannel(store, { id: digestString.parse(key.toLowerCase()) })
        // A row that only keeps a deposit knows nothing of the channel yet.
        return found === undefined || found.context === '{}' ? undefined : (JSON.parse(found.context) as Context)
      },
      set: (key, context) => save(digestString.parse(key.toLowerCase()), { context: JSON.stringify(context) }),
      delete: (key) => save(digestString.parse(key.toLowerCase()), { context: '{}' }),
    },
    async findDeposit(id) {
      const found = await findOwnChannel(store, { id })
      if (!found?.deposit || found.depositUntilMs === null) return undefined
      return { deposit: JSON.parse(found.deposit) as Deposit, untilMs: found.depositUntilMs }
    },
    saveDeposit: (id, kept) =>
      save(id, {
        deposit: kept === undefined ? null : JSON.stringify(kept.deposit),
        depositUntilMs: kept?.untilMs ?? null,
      }),
  }
  return channelBuyer(chain, { account: keys.buyer, own, depositWei, approve, now })
}
