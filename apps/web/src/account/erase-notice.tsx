import { useState } from 'react'
import { ownlist, queryClient } from '../app/client.ts'
import { meOptions, useUser } from '../session/me.ts'
import { Button } from '../ui/button.tsx'
import { notify, notifyFailure } from '../ui/toasts.ts'

/** Stands above every screen while the account is about to be erased. */
export function EraseNotice() {
  const { eraseAfter, timeZone } = useUser()
  const [keeping, setKeeping] = useState(false)
  if (eraseAfter === null) return null

  async function keep() {
    setKeeping(true)
    try {
      queryClient.setQueryData(meOptions.queryKey, await ownlist.account.keep.mutate({}))
      // The button goes, and the focus with it.
      document.querySelector<HTMLElement>('#main')?.focus()
      notify({ title: 'Your account stays' })
    } catch (error) {
      notifyFailure('Your account is still about to be erased', error)
    } finally {
      setKeeping(false)
    }
  }

  return (
    <section
      aria-label="Your account is about to be erased"
      className="mt-4 flex flex-col gap-3 rounded-xl border border-danger/50 bg-raised px-4 py-3 sm:flex-row sm:items-center"
    >
      <p className="flex-1 text-[14px]">
        <strong className="font-semibold text-danger">Your account will be erased</strong> with everything in
        it on {sayMoment(eraseAfter, timeZone)}.
      </p>
      <Button disabled={keeping} onClick={() => void keep()}>
        {keeping ? 'One moment …' : 'Keep my account'}
      </Button>
    </section>
  )
}

/** 5 December 2026 at 14:00 */
export function sayMoment(at: string, timeZone: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(
    new Date(at),
  )
}
