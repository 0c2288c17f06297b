/** What servers tell each other: how far users' logs have come, and whose sessions may have ended. */
export interface Words {
  revisions: Map<string, number>
  ended: Set<string>
}

/** PostgreSQL takes payloads of less than 8,000 bytes; these are ASCII. */
const largest = 7_900

export function encodeWords({ revisions, ended }: Words): string[] {
  const words = [...Array.from(revisions, ([userId, revision]) => `${userId}=${revision}`), ...ended]
  const payloads: string[] = []
  for (const word of words) {
    const last = payloads.at(-1)
    if (last !== undefined && last.length + word.length < largest) payloads[payloads.length - 1] += ` ${word}`
    else payloads.push(word)
  }
  return payloads
}

/** What anybody said on the channel; what is not understood is skipped. */
export function decodeWords(payload: string): Words {
  const words: Words = { revisions: new Map(), ended: new Set() }
  for (const word of payload.split(' ')) {
    const [, userId = '', revision] = /^([0-9a-f-]{36})(?:=(\d{1,15}))?$/.exec(word) ?? []
    if (userId === '') continue
    if (revision === undefined) words.ended.add(userId)
    else words.revisions.set(userId, Number(revision))
  }
  return words
}
