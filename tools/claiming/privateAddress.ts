import { BlockList, isIPv4 } from 'node:net'

const closed = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  closed.addSubnet(net, bits, 'ipv4')

// Of version 6 only what is handed out as global (2000::/3) is public, less its documentation, tunnels and translations.
const open = new BlockList()
open.addSubnet('2000::', 3, 'ipv6')
const closedOf6 = new BlockList()
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  closedOf6.addSubnet(net, bits, 'ipv6')

/** Whether an IP address is one that the public internet does not route: this machine, its network, or nothing. */
export function isPrivateAddress(ip: string): boolean {
  if (isIPv4(ip)) return closed.check(ip, 'ipv4')
  const bare = ip.replace(/%.*$/, '')
  return !open.check(bare, 'ipv6') || closedOf6.check(bare, 'ipv6')
}
