import type { OwnlistError } from '@ownlist/client'

/** What went wrong and, where the server says when, from when on it is worth trying again. */
export function sayFailure({ message, retryAfter }: OwnlistError, now = new Date()): string {
  // What passes within seconds is over by the time that one has read it.
  if (retryAfter === undefined || retryAfter < 5_000) return message
  return `${message} Try again ${sayWait(retryAfter, now)}.`
}

function sayWait(milliseconds: number, now: Date): string {
  const seconds = Math.ceil(milliseconds / 1000)
  if (seconds <= 60) return `in ${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  const at = new Date(now.getTime() + minutes * 60_000)
  const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(at)
  return minutes < 120 ? `in ${minutes} minutes, at ${time}` : `in ${Math.ceil(minutes / 60)} hours`
}
