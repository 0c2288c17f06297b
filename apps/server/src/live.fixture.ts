import type { LiveUpdates } from '@ownlist/api'

/** Live updates where there is nobody to hear any: a subscription ends after what is true now. */
export const nobodyListens: LiveUpdates = {
  changed() {},
  sessionsEnded() {},
  subscribe: () => ({ async *[Symbol.asyncIterator]() {}, [Symbol.dispose]() {} }),
}

/** What a stream says until it has said `count` events beside greetings and pings, or ends. */
export async function eventsOf({ body }: Response, count = 1): Promise<string> {
  let text = ''
  if (body === null) return text
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const events = text.split('\n\n').slice(0, -1)
    if (
      events.filter(
        (event) => /^(data|event: serialized-error)/m.test(event) && !/event: (connected|ping)/.test(event),
      ).length >= count
    )
      break
  }
  return text
}
