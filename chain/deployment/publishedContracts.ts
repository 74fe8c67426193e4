import type { Address } from '../../kernel/index.ts'

/** Contracts of others that x402 pays by: at the same address on every chain where they are deployed. */
export const publishedContracts = {
  /** Payment channels: x402's `batch-settlement`. */
  channels: '0x4020074e9df2ce1dee5a9c1b5c3f541d02a10003' as Address,
  /** Brings deposits into channels by ERC-3009. */
  depositCollector: '0x4020806089470a89826cb9fb1f4059150b550004' as Address,
  /** Signed transfers of any ERC-20. */
  permit2: '0x000000000022d473030f116ddee9f6b43ac78ba3' as Address,
  /** x402's `upto`, over Permit2. */
  uptoProxy: '0x4020a4f3b7b90cca423b9fabcc0ce57c6c240002' as Address,
  /** Reads several things in one call; x402's package needs it. */
  multicall: '0xca11bde05977b3631167028862be2a173976ca11' as Address,
} as const
export type PublishedContract = keyof typeof publishedContracts
