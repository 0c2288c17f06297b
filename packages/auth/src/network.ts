import { isIPv4, isIPv6 } from 'node:net'

/**
 * What an address counts as where addresses are limited: an IPv4 address as itself, however it is written, and an IPv6 address
 * as its /64, which is what one customer has at least (RFC 6177). What is no address at all is all one.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address)
  if (plain === undefined) return 'unknown'
  if (isIPv4(plain)) return plain
  return `${groupsOf(plain)
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** An address without zone, and an IPv4 address that comes in IPv6's clothes as what it is; undefined where it is none. */
export function plainAddress(address: string): string | undefined {
  const [bare = ''] = address.split('%')
  if (isIPv4(bare)) return bare
  if (!isIPv6(bare)) return undefined
  const groups = groupsOf(bare)
  // ::ffff:0:0/96, RFC 4291, 2.5.5.2.
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)
  if (!isMapped) return bare
  return [6, 7].flatMap((at) => [(groups[at] ?? 0) >> 8, (groups[at] ?? 0) & 255]).join('.')
}

/** The eight groups. A URL writes an address in the one way of RFC 5952, without dots. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const parse = (text: string) => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)))
  const [before, after] = [parse(head), parse(tail ?? '')]
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}
