import { expect, test } from 'vitest'
import { clientAddresses, parseNetworks, type ForwardedHeader } from './client-address.ts'

function addressOf(
  peer: string,
  value: string | undefined,
  header: ForwardedHeader = 'x-forwarded-for',
  trusted = '10.0.0.0/8, 192.0.2.7, 2001:db8:ffff::/48',
): string {
  const headers = new Headers(value === undefined ? {} : { [header]: value })
  return clientAddresses({ trusted: parseNetworks(trusted), header })(peer, headers)
}

test('without a trusted proxy the client is the other end of the connection, whatever it claims', () => {
  for (const claim of [undefined, '203.0.113.9', '10.0.0.1', '10.0.0.1, 203.0.113.9', 'garbage']) {
    expect(addressOf('198.51.100.1', claim)).toBe('198.51.100.1')
    expect(addressOf('127.0.0.1', claim, 'x-forwarded-for', '')).toBe('127.0.0.1')
  }
})

test('of a trusted proxy’s header the last entry counts that is no trusted proxy', () => {
  for (const [peer, value, client] of [
    ['10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['10.1.2.3', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['10.1.2.3', '6.6.6.6, 203.0.113.9, 10.9.9.9', '203.0.113.9'],
    ['10.1.2.3', '6.6.6.6,203.0.113.9 ,192.0.2.7,  10.9.9.9', '203.0.113.9'],
    ['2001:db8:ffff::1', '2001:db8::5', '2001:db8::5'],
    ['10.1.2.3', '[2001:db8::5]:4711', '2001:db8::5'],
    ['10.1.2.3', '203.0.113.9:4711', '203.0.113.9'],
    ['10.1.2.3', '::ffff:203.0.113.9', '203.0.113.9'],
    // All of it trusted: the farthest; nothing that can be read: the proxy that said so.
    ['10.1.2.3', '10.4.4.4, 10.9.9.9', '10.4.4.4'],
    ['10.1.2.3', undefined, '10.1.2.3'],
    ['10.1.2.3', '', '10.1.2.3'],
    ['10.1.2.3', '203.0.113.9, unknown', '10.1.2.3'],
    ['10.1.2.3', '203.0.113.9, 10.9.9.9, <script>', '10.1.2.3'],
    ['10.1.2.3', '203.0.113.9,', '10.1.2.3'],
  ] as const) {
    expect(addressOf(peer, value), `${peer} ${value}`).toBe(client)
  }
})

test('the standard’s header is read where that is the one the proxy writes, and only then', () => {
  const header = 'forwarded'
  for (const [value, client] of [
    ['for=203.0.113.9', '203.0.113.9'],
    ['for=6.6.6.6, for=203.0.113.9;proto=https;by=10.0.0.1', '203.0.113.9'],
    ['proto=https; For="[2001:db8::5]:4711"', '2001:db8::5'],
    ['for=203.0.113.9, for=_hidden', '10.1.2.3'],
    ['for=203.0.113.9, proto=https', '10.1.2.3'],
  ] as const) {
    expect(addressOf('10.1.2.3', value, header), value).toBe(client)
    const other = clientAddresses({ trusted: parseNetworks('10.0.0.0/8'), header: 'x-forwarded-for' })
    expect(other('10.1.2.3', new Headers({ forwarded: value }))).toBe('10.1.2.3')
  }
})

test('what is no network is refused', () => {
  for (const text of [
    '10.0.0.0/33',
    '10.0.0/8',
    '::1/129',
    'proxy.example',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '1.2.3.4/x',
  ]) {
    expect(() => parseNetworks(text), text).toThrow(RangeError)
  }
  expect(parseNetworks(' 10.0.0.0/8 , ::1 ').check('10.255.0.1')).toBe(true)
})
