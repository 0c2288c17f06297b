import { expect, test } from 'vitest'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { createScanner, newCanary } from './scan.fixture.ts'

const canary = newCanary()
const scanner = createScanner([canary, newCanary()], ['a secret token'])
const text = `{"title":"secret ${canary} at home","more":"${'lorem ipsum '.repeat(20)}"}`
const escaped = (write: (code: number) => string) =>
  Array.from(text, (letter) => write(letter.charCodeAt(0))).join('')

test.each<[how: string, bytes: string | Buffer]>([
  ['as it is', text],
  ['in capitals', text.toUpperCase()],
  ['cut off', text.slice(0, text.indexOf(canary) + 24)],
  ['in base64', Buffer.from(text).toString('base64')],
  ['in base64url, moved by one', Buffer.from(` ${text}`).toString('base64url')],
  ['in base64url, moved by two', `cursor=${Buffer.from(`  ${text}`).toString('base64url')}&`],
  ['in base64 twice', Buffer.from(Buffer.from(text).toString('base64')).toString('base64')],
  ['in hexadecimal', Buffer.from(text).toString('hex')],
  ['percent-encoded', escaped((code) => `%${code.toString(16)}`)],
  ['escaped as JSON', escaped((code) => `\\u00${code.toString(16)}`)],
  ['escaped as HTML', escaped((code) => `&#${code};`)],
  ['gzipped', gzipSync(text)],
  ['deflated', deflateSync(text)],
  ['in Brotli', brotliCompressSync(text)],
  ['in Zstandard', zstdCompressSync(text)],
  ['gzipped, in base64', gzipSync(text).toString('base64')],
  ['in a zip', zipped(text)],
])('a canary is found %s', (_how, bytes) => {
  expect(scanner.found(Buffer.from(bytes as string)).length).toBeGreaterThan(0)
})

test('a secret is found, and what is nobody’s canary is not', () => {
  expect(scanner.found(Buffer.from('here is a secret token'))).toEqual(['a secret token'])
  expect(scanner.found(Buffer.from(`canary ${newCanary()} canary0123`))).toEqual([])
})

/** One entry of a zip as writers of streams make it: without sizes in its header. */
function zipped(content: string): Buffer {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(8, 8)
  header.writeUInt16LE(10, 26)
  return Buffer.concat([
    header,
    Buffer.from('tasks.json'),
    deflateRawSync(content),
    Buffer.from('PK\x01\x02'),
  ])
}
