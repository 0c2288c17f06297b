import { plainAddress } from '@ownlist/auth'
import { isIP, isIPv4, BlockList } from 'node:net'

export type ForwardedHeader = 'x-forwarded-for' | 'forwarded'

/**
 * Tells the address of whoever sent a request. That is the other end of the connection, unless it is a proxy that is trusted:
 * then the header that this proxy writes is read from its end, the last entry first, as far as trusted proxies go. The
 * first that is none of them is the client; what stands before it, anybody can have written.
 */
export function clientAddresses({ trusted, header }: { trusted: BlockList; header: ForwardedHeader }) {
  const isTrusted = (address: string) => trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')

  return function addressOf(peer: string, headers: Headers): string {
    let client = plainAddress(peer) ?? peer
    if (isIP(client) === 0 || !isTrusted(client)) return client
    const told = headers.get(header)?.split(',') ?? []
    for (const entry of told.toReversed()) {
      const address = plainAddress(header === 'forwarded' ? forOf(entry) : withoutPort(entry.trim()))
      // A proxy that does not know, or hides it: what is known is the proxy.
      if (address === undefined) return client
      client = address
      if (!isTrusted(client)) return client
    }
    return client
  }
}

/**
 * Addresses and networks in CIDR notation, separated by commas.
 *
 * @throws RangeError where one is none
 */
export function parseNetworks(text: string): BlockList {
  const networks = new BlockList()
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue
    const [address = '', bits, ...more] = part.split('/')
    const family = isIP(address)
    const most = family === 4 ? 32 : 128
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN
    if (family === 0 || more.length > 0 || !(length <= most)) throw new RangeError(part)
    networks.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6')
  }
  return networks
}

/** `for=192.0.2.60;proto=https`, or `for="[2001:db8::1]:4711"` (RFC 7239, 4 and 6). */
function forOf(element: string): string {
  const pair = element
    .split(';')
    .map((one) => one.trim())
    .find((one) => /^for=/i.test(one))
  return withoutPort((pair ?? '').slice('for='.length).replace(/^"(.*)"$/, '$1'))
}

function withoutPort(text: string): string {
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? []
  return bracketed ?? dotted ?? text
}
