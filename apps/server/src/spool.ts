import { randomUUID } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'

export interface Spooled {
  size: number
  body: ReadableStream<Uint8Array>
}

/**
 * Puts aside what is made, and gives it when it is whole: a failure is told as one and not as a file that ends too
 * early, and what makes it (a transaction, say) ends as soon as it can, however slowly a client takes it.
 *
 * The file has no name any more when the first byte is in it, so nothing is left of it, whatever happens.
 */
export async function spool(chunks: AsyncIterable<Uint8Array>): Promise<Spooled> {
  const path = join(tmpdir(), `ownlist-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    await unlink(path)
    let size = 0
    for await (const chunk of chunks) {
      await file.write(chunk)
      size += chunk.length
    }
    const stream = file.createReadStream({ start: 0, highWaterMark: 65_536 })
    return { size, body: Readable.toWeb(stream) as ReadableStream<Uint8Array> }
  } catch (error) {
    await file.close()
    throw error
  }
}
