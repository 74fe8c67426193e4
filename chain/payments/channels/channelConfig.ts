import { getAddress, type Hex } from 'viem'
import { z } from 'zod'
import { addressString, type Address } from '../../../kernel/index.ts'

const hash = z.string().regex(/^0x[0-9a-fA-F]{64}$/)

/** The seven fields that a channel's id is the hash of. */
export const channelConfigSchema = z.object({
  payer: addressString,
  payerAuthorizer: addressString,
  receiver: addressString,
  receiverAuthorizer: addressString,
  token: addressString,
  withdrawDelay: z.int().min(0).max(2_592_000),
  salt: hash,
})
export type ChannelConfig = z.infer<typeof channelConfigSchema>

/** As the contract takes it. */
export function toContract(config: ChannelConfig) {
  const { payer, payerAuthorizer, receiver, receiverAuthorizer, token, withdrawDelay, salt } = config
  return {
    payer: getAddress(payer),
    payerAuthorizer: getAddress(payerAuthorizer),
    receiver: getAddress(receiver),
    receiverAuthorizer: getAddress(receiverAuthorizer),
    token: getAddress(token),
    withdrawDelay,
    salt: salt as Hex,
  }
}

export const noAddress = `0x${'0'.repeat(40)}` as Address
