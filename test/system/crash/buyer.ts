import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalAccount } from 'viem'
import { decodePaymentSignatureHeader } from '@x402/core/http'
import {
  channelBuyer,
  createPayingFetch,
  exactBuyer,
  settlementOf,
  uptoBuyer,
  type Chain,
  type SignedPayment,
} from '../../../chain/index.ts'
import type { Address, Digest } from '../../../kernel/index.ts'
import { ownChannels } from './ownChannels.ts'
import type { openJournal } from './journal.ts'
import type { Random } from './seeded.ts'

export type Shop = { url: string; chainId: number; asset: Address; payTo: Address; model: string }

export type BuyerOptions = {
  name: string
  account: LocalAccount
  shop: Shop
  journal: ReturnType<typeof openJournal>
  random: Random
  /** Told of each answer that arrived for an intention the first time. */
  onAnswer: () => void
  counts: Record<string, number>
  /** How it pays. */
  way: 'exact' | 'upto' | 'channel'
  chain: Chain
  /** Signs anew at each try: a client that is not sane, to prove that it is noticed. */
  forgetful?: boolean
}

type Answered = {
  choices: [{ message: { content: string } }]
  receipt: { id: Digest; body: Record<string, unknown>; signature: string; signer: string }
}
type Outcome = 'answered' | 'again' | 'sign anew' | 'refused'

const patienceMs = 60_000
/** What a client does besides asking: most ask once, some ask in copies, hang up and come back, or only come back at the end. */
const fates = ['plain', 'plain', 'plain', 'plain', 'plain', 'copies', 'hangs up', 'leaves'] as const

/**
 * A client with a key of its own, who pays by the product's own paying fetch and keeps what it signed. It tries again as a
 * sane one does: the same payment after any failure, a new one only where the old can never be charged, or where the
 * server says in so many words that it is over.
 */
export function createBuyer(options: BuyerOptions) {
  const { name, account, shop, journal, random, onAnswer, counts, way, chain, forgetful = false } = options
  const scheme = schemes[way](chain, account)
  const kept = new Map<string, SignedPayment>()
  const left: { intention: string; request: object }[] = []
  const count = (what: string) => void (counts[what] = (counts[what] ?? 0) + 1)

  /** One try of one intention; `hangUpMs` after it has signed it is gone, `copies` more are sent beside it. */
  async function tryOnce(
    { intention, request }: { intention: string; request: object },
    { hangUpMs, copies = 0 }: { hangUpMs?: number | undefined; copies?: number } = {},
  ): Promise<Outcome> {
    const gone = new AbortController()
    const beside: Promise<Outcome>[] = []
    const timer = setTimeout(() => gone.abort(new Error('no answer in time')), patienceMs)
    const sends = (signed: SignedPayment): void => {
      if (hangUpMs !== undefined) setTimeout(() => gone.abort(new Error('hung up')), hangUpMs)
      for (let i = 0; i < copies; i++) beside.push(copy(signed))
    }
    const copy = async (signed: SignedPayment): Promise<Outcome> => {
      await sleep(random.below(80))
      count('copies sent')
      const headers = { 'content-type': 'application/json', 'PAYMENT-SIGNATURE': signed.header }
      const sent = fetch(`${shop.url}/v1/chat/completions`, { ...post(request, gone.signal), headers })
      const learned = sent.then(async (response) => {
        if (response.ok) await scheme.answered?.(signed, response)
        return response
      })
      return settled(learned, intention)
    }
    const pay = createPayingFetch({
      account,
      scheme,
      chainId: shop.chainId,
      asset: shop.asset,
      payTo: shop.payTo,
      reserve: () => undefined,
      onPayment: (signed) => {
        const { amountWei, ...rest } = signed
        const at = way === 'channel' ? { channel: channelOf(signed) } : {}
        journal.write({ what: 'signed', scheme: scheme.id, ...at, intention, request, ...rest, amountWei: String(amountWei) }) // prettier-ignore
        kept.set(intention, signed)
        sends(signed)
      },
      findPayment: () => (forgetful ? undefined : kept.get(intention)),
    })
    try {
      const sent = pay(`${shop.url}/v1/chat/completions`, post(request, gone.signal), intention)
      const outcome = await settled(sent, intention)
      const others = await Promise.all(beside)
      return [outcome, ...others].includes('answered') ? 'answered' : outcome
    } finally {
      clearTimeout(timer)
    }
  }

  function post(request: object, signal: AbortSignal) {
    return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request), signal }
  }

  async function settled(sent: Promise<Response>, intention: string): Promise<Outcome> {
    const nonceNow = () => kept.get(intention)?.nonce
    try {
      const response = await sent
      const said = (await response.json()) as Answered & { error?: unknown; details?: unknown }
      if (response.ok) {
        const nonce = said.receipt.body['nonce'] as Digest
        const tx = settlementOf(response)?.tx ?? ''
        journal.write({ what: 'answered', intention, nonce, receipt: said.receipt, text: said.choices[0].message.content, tx }) // prettier-ignore
        return 'answered'
      }
      const coded = [said.error, said.details].find((it) => typeof it === 'object' && it !== null && 'code' in it)
      const { code = 'none', retry = response.status >= 500 } = (coded ?? {}) as { code?: string; retry?: boolean }
      journal.write({ what: 'refused', intention, nonce: nonceNow(), status: response.status, code, retry })
      count(`refused ${response.status} ${code}`)
      // What the server says about a payment of ours is believed: then another is signed.
      if (code === 'payment/over' || code === 'payment/replayed') return 'sign anew'
      if (!retry) return 'refused'
      const seconds = Number(response.headers.get('retry-after') ?? 1)
      await sleep(Math.min(seconds, 3) * 1_000 * (0.5 + random.unit()))
      return 'again'
    } catch (error) {
      const reason = error instanceof Error ? `${error.message} ${codeOfCause(error)}`.trim() : String(error)
      journal.write({ what: 'broke', intention, nonce: nonceNow(), reason })
      count(`broke ${reason.slice(0, 60)}`)
      await sleep(200 + random.below(600))
      return 'again'
    }
  }

  /** Until it has its answer, or the server refuses in a way that another try can't help. */
  async function pursue(wanted: { intention: string; request: object }, until: number): Promise<void> {
    for (let tries = 0, left = 3; Date.now() < until && left > 0; tries++) {
      const outcome = await tryOnce(wanted)
      if (outcome === 'answered') return onAnswer()
      if (tries > 0) count('retries')
      if (outcome === 'sign anew') {
        count('signed anew')
        kept.delete(wanted.intention)
        left--
      }
      if (outcome !== 'refused') continue
      return count('refused for good')
    }
    count('gave up')
  }

  return {
    /** Requests that it has under way at once: a channel takes one at a time. */
    lanes: way === 'channel' ? 1 : 3,
    async ask(i: number, until: number): Promise<void> {
      const intention = `${name}/${i}`
      const content = `What should a traveller know about pier ${i} of ${name}?`
      const request = { model: shop.model, messages: [{ role: 'user', content }], max_tokens: 4 + random.below(5), temperature: 1, seed: i } // prettier-ignore
      const wanted = { intention, request }
      const drawn = random.pick(fates)
      // A channel waits for each of its payments: who pays by one does not leave.
      const fate = way === 'channel' && drawn === 'leaves' ? 'plain' : drawn
      count(`clients: ${fate}`)
      const hangUpMs = fate === 'hangs up' || fate === 'leaves' ? random.below(600) : undefined
      const outcome = await tryOnce(wanted, { hangUpMs, copies: fate === 'copies' ? 1 + random.below(3) : 0 })
      if (outcome === 'answered') return onAnswer()
      if (fate === 'leaves' && kept.has(intention)) return void left.push(wanted)
      if (outcome === 'sign anew') kept.delete(intention)
      return pursue(wanted, until)
    },
    /** At the end: whoever left comes back for what it has paid, or signed. */
    async collect(until: number): Promise<void> {
      for (const wanted of left.splice(0)) await pursue(wanted, until)
    },
  }
}

function codeOfCause(error: Error): string {
  const { cause } = error
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : ''
}

const schemes = {
  exact: (_: Chain, account: LocalAccount) => exactBuyer(account),
  upto: uptoBuyer,
  channel: (chain: Chain, account: LocalAccount) => channelBuyer(chain, { account, own: ownChannels() }),
}

function channelOf({ header }: SignedPayment): string {
  const { payload } = decodePaymentSignatureHeader(header)
  return (payload as { voucher: { channelId: string } }).voucher.channelId.toLowerCase()
}
