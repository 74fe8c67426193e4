import type { Hono } from 'hono'
import { eraseDue, type BoundTool, type ToolContext } from '../tools/index.ts'
import { createGateway } from './createGateway.ts'
import { operatorToken } from './operatorToken.ts'
import { createSeller } from './sell/createSeller.ts'

/** How often bytes that buyers wanted dropped are looked for. */
const eraseMs = 30_000

/** The seller of this process, what a crash left finished, and the app; `stop` ends what it does by the clock. */
export async function openGateway(
  ctx: ToolContext,
  tools: readonly BoundTool[],
): Promise<{ app: Hono; stop: () => void }> {
  const seller = createSeller(ctx)
  const recover = async () => {
    const recovered = await seller.recover()
    if (recovered.settled + recovered.failed > 0) ctx.log.info(recovered, 'payments recovered')
  }
  // Beside others it sells at once: what they left may be much, and may wait for a chain that is down.
  if (ctx.store.kind === 'postgres')
    void recover().catch((failure: unknown) => ctx.log.warn({ err: failure }, 'payments not recovered'))
  else await recover()
  const erase = () => void eraseDue(ctx).catch((err: unknown) => ctx.log.warn({ err }, 'answers not dropped'))
  erase()
  const timer = setInterval(erase, eraseMs)
  const app = createGateway({ tools, ctx, seller, operatorToken: operatorToken(ctx.home.keys) })
  return { app, stop: () => clearInterval(timer) }
}
