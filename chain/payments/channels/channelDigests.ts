import { concatHex, keccak256, numberToHex, padHex, stringToHex, type Hex } from 'viem'
import { digestString, type Digest } from '../../../kernel/index.ts'
import { publishedContracts } from '../../deployment/publishedContracts.ts'
import type { ChannelConfig } from './channelConfig.ts'

const word = (value: bigint | number): Hex => numberToHex(value, { size: 32 })
const typeHash = (type: string): Hex => keccak256(stringToHex(type))
const domainType = typeHash('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)')
const configType = typeHash(
  'ChannelConfig(address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,address token,uint40 withdrawDelay,bytes32 salt)',
)
const voucherType = typeHash('Voucher(bytes32 channelId,uint128 maxClaimableAmount)')

const separators = new Map<number, Hex>()

function typed(chainId: number, struct: Hex): Digest {
  let separator = separators.get(chainId)
  if (separator === undefined) {
    const name = typeHash('x402 Batch Settlement')
    const at = padHex(publishedContracts.channels, { size: 32 })
    separator = keccak256(concatHex([domainType, name, typeHash('1'), word(chainId), at]))
    separators.set(chainId, separator)
  }
  return digestString.parse(keccak256(concatHex(['0x1901', separator, struct])))
}

/** Id of a channel: the EIP-712 hash of its configuration, for one chain. As the contract's getChannelId. */
export function channelIdOf(config: ChannelConfig, chainId: number): Digest {
  const { payer, payerAuthorizer, receiver, receiverAuthorizer, token, withdrawDelay, salt } = config
  const addresses = [payer, payerAuthorizer, receiver, receiverAuthorizer, token]
  const words = addresses.map((address) => padHex(address.toLowerCase() as Hex, { size: 32 }))
  return typed(chainId, keccak256(concatHex([configType, ...words, word(withdrawDelay), salt as Hex])))
}

/** What the payer signs to let `maxWei` be claimed of a channel in all. As the contract's getVoucherDigest. */
export function voucherDigest(channel: Digest, maxWei: bigint, chainId: number): Digest {
  return typed(chainId, keccak256(concatHex([voucherType, channel, word(maxWei)])))
}
