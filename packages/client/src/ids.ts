/**
 * A new UUIDv7 (RFC 9562): ids made later sort later. `crypto.randomUUID` would make another kind, and
 * is missing where a page comes over plain HTTP from another machine.
 *
 * @param time milliseconds since 1970
 */
export function newId(time = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const stamp = time.toString(16).padStart(12, '0')
  const variant = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return [
    stamp.slice(0, 8),
    stamp.slice(8),
    `7${hex.slice(13, 16)}`,
    variant.toString(16) + hex.slice(18, 20),
    hex.slice(20),
  ].join('-')
}
