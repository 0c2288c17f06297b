import { useEffect, useMemo, useState } from 'react'
import { queryClient } from '../app/client.ts'
import { meOptions } from '../session/me.ts'
import type { Clock } from './dates.ts'

/** The user's time and place. */
export function clock(): Clock {
  const user = queryClient.getQueryData(meOptions.queryKey)
  return { now: new Date(), timeZone: user?.timeZone ?? 'UTC' }
}

/** The same, to the minute: what is overdue and what day it is changes while the page stands open. */
export function useClock(timeZone: string): Clock {
  const [minute, setMinute] = useState(thisMinute)
  useEffect(() => {
    const timer = setInterval(() => setMinute(thisMinute()), 5_000)
    return () => clearInterval(timer)
  }, [])
  return useMemo(() => ({ now: new Date(minute), timeZone }), [minute, timeZone])
}

function thisMinute(): number {
  return Math.floor(Date.now() / 60_000) * 60_000
}
