import { randomBytes } from 'node:crypto'
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'

/** A word that exists nowhere else, in letters and digits only: no way of writing JSON or addresses changes it. */
export function newCanary(): string {
  return `canary${randomBytes(12).toString('hex')}`
}

// What is cut off behind the sixteenth hexadecimal digit is found as well.
const shape = /canary[0-9a-f]{16}/gi
const known = 22

export interface Scanner {
  /** The canaries in these bytes, however they were written. */
  found(bytes: Buffer): string[]
  /** How many bytes were looked at so far, as they came. */
  readonly scanned: number
}

/**
 * Looks for canaries in everything that comes back: as it is, compressed (also inside a zip), in base64 and base64url, in
 * hexadecimal, percent-encoded, and with characters escaped as JSON, HTML or CSS may.
 *
 * @param secrets further strings that nobody may see, such as tokens and hashes
 */
export function createScanner(canaries: string[], secrets: string[] = []): Scanner {
  const heads = new Set(canaries.map((canary) => canary.slice(0, known).toLowerCase()))
  let scanned = 0
  return {
    get scanned() {
      return scanned
    },
    found(bytes) {
      scanned += bytes.length
      const found = new Set<string>()
      for (const text of readings(bytes, 2)) {
        for (const [word] of text.matchAll(shape)) if (heads.has(word.toLowerCase())) found.add(word)
        for (const secret of secrets) if (text.includes(secret)) found.add(secret)
      }
      return [...found]
    },
  }
}

/** All that these bytes may say, to a depth of so many decodings. */
function* readings(bytes: Buffer, depth: number): Generator<string> {
  const text = bytes.toString('latin1')
  yield text
  yield unescaped(text)
  if (depth === 0) return
  for (const inner of [...unpacked(bytes), ...encoded(text)]) yield* readings(inner, depth - 1)
}

function unescaped(text: string): string {
  const hex = (_: string, code: string) => String.fromCharCode(parseInt(code, 16))
  return text
    .replace(/\\u\{?0{0,4}([0-9a-f]{2})\}?/gi, hex)
    .replace(/\\x([0-9a-f]{2})/gi, hex)
    .replace(/%([0-9a-f]{2})/gi, hex)
    .replace(/&#x0*([0-9a-f]{2});/gi, hex)
    .replace(/&#0*(\d{2,3});/g, (_, code: string) => String.fromCharCode(Number(code)))
}

function* encoded(text: string): Generator<Buffer> {
  for (const [run] of text.matchAll(/[\w+/-]{24,}/g)) {
    // Whoever cuts a text at any place moves what follows it by up to three characters.
    for (const from of [0, 1, 2, 3]) yield Buffer.from(run.slice(from), 'base64')
  }
  for (const [run] of text.matchAll(/[0-9a-f]{44,}/gi)) {
    for (const from of [0, 1]) yield Buffer.from(run.slice(from), 'hex')
  }
}

const unpackers = [
  { magic: Buffer.from([0x1f, 0x8b]), unpack: gunzipSync },
  { magic: Buffer.from([0x78]), unpack: inflateSync },
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), unpack: zstdDecompressSync },
]

function* unpacked(bytes: Buffer): Generator<Buffer> {
  for (const { magic, unpack } of unpackers) {
    if (!bytes.subarray(0, magic.length).equals(magic)) continue
    try {
      yield unpack(bytes)
    } catch {
      // It only began like that.
    }
  }
  // Brotli has no mark; only what is not text may be it.
  if (bytes.length > 20 && bytes.subarray(0, 20).some((byte) => byte < 9 || byte > 126)) {
    try {
      yield brotliDecompressSync(bytes)
    } catch {
      // It was not.
    }
  }
  yield* unzipped(bytes)
}

/** Every entry of a zip, wherever one begins in these bytes: its header, its name, then its deflated content. */
function* unzipped(bytes: Buffer): Generator<Buffer> {
  const header = Buffer.from([0x50, 0x4b, 0x03, 0x04])
  for (let at = bytes.indexOf(header); at >= 0; at = bytes.indexOf(header, at + 4)) {
    if (at + 30 > bytes.length) return
    const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
    try {
      yield inflateRawSync(bytes.subarray(from))
    } catch {
      // Stored as it is, and so read with the rest.
    }
  }
}
