import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { decodePayload, paymentResponse, type DecodedPayment } from '../../chain/index.ts'
import { findError, TributaryError } from '../../kernel/index.ts'
import { chatRequest, toWire, type ChatRequest, type McpTool, type ToolContext } from '../../tools/index.ts'
import { answerBody } from '../answerBody.ts'
import { toolDiscovery } from '../extensions/discovery.ts'
import { askForPayment, asksForPayment } from '../sell/askForPayment.ts'
import type { Seller } from '../sell/createSeller.ts'
import { deliverAnswer } from '../sell/deliverAnswer.ts'
import { askModel } from './askModel.ts'

const resourceUrl = `mcp://tool/${askModel.name}`

/**
 * `ask_model` over MCP, as x402 has it: the terms come as the structured content of an error, the payment goes in
 * `_meta['x402/payment']`, and what was charged comes back in `_meta['x402/payment-response']`. It is sold by the same seller
 * as over HTTP: reserved before any work, and the same payment brings the same answer.
 */
export function paidAskModel(ctx: ToolContext, seller: Seller): McpTool {
  return {
    definition: askModel,
    async answer(args, { meta, signal }) {
      const request = readRequest(args)
      let payment: DecodedPayment | undefined
      try {
        payment = decodePayload(paymentIn(meta), ctx.schemes)
        const order = { request, payment, resourceUrl, gone: signal }
        const { answer, charged } = await deliverAnswer(ctx, seller, order)
        return {
          content: [{ type: 'text', text: answer.text }],
          structuredContent: answerBody(answer),
          _meta: { 'x402/payment-response': paymentResponse(charged) },
        }
      } catch (failure) {
        const refused = findError(failure)
        if (!refused || !asksForPayment(refused)) throw failure
        const discovery = toolDiscovery(askModel, request.model)
        const { body } = await askForPayment(ctx, request, { refused, payment, resourceUrl, discovery })
        return unpaid({ ...body, details: refused.toJSON() })
      }
    },
  }
}

function unpaid(body: Record<string, unknown>): CallToolResult {
  return { isError: true, structuredContent: body, content: [{ type: 'text', text: toWire(body) }] }
}

function paymentIn(meta: Record<string, unknown> | undefined): unknown {
  const payment = meta?.['x402/payment']
  if (payment !== undefined) return payment
  throw new TributaryError('This costs money: no payment came with the call.', {
    code: 'payment/required',
    tryThis: 'pay what the structured content asks for (x402 v2), and call again with it in _meta["x402/payment"]',
  })
}

function readRequest(args: Record<string, unknown>): ChatRequest {
  const parsed = askModel.input.safeParse(args)
  if (parsed.success) return chatRequest.parse(parsed.data)
  throw new TributaryError('The input of ask_model is not valid.', {
    code: 'tools/input',
    facts: {
      tool: askModel.name,
      issues: parsed.error.issues.map((i) => `${i.path.join('.') || '(input)'}: ${i.message}`),
    },
    tryThis: 'see the input schema of the tool: list the tools',
  })
}
