import { Copy } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Wordmark } from '../app/wordmark.tsx'
import { Button } from '../ui/button.tsx'
import { sayMoment } from './erase-notice.tsx'
import { farewell, type Farewell } from './farewell.ts'

/** Stands where the app was: when it will be over, how to take it back, and what to keep. */
export function FarewellScreen({ email, eraseAfter, receiptId, timeZone }: Farewell) {
  const heading = useRef<HTMLHeadingElement>(null)
  const [copied, setCopied] = useState(false)
  // A server may be set up to give no time.
  const [isNow] = useState(() => Date.parse(eraseAfter) < Date.now() + 60_000)

  useEffect(() => {
    document.title = 'Ownlist'
    heading.current?.focus()
  }, [])

  return (
    <main
      id="main"
      className="mx-auto flex min-h-dvh w-full max-w-[26rem] flex-col justify-center px-5 py-10"
    >
      <Wordmark />
      <h1
        ref={heading}
        tabIndex={-1}
        className="mt-10 font-serif text-[30px] leading-tight tracking-[-0.01em] outline-none"
      >
        You are signed out everywhere
      </h1>
      {isNow ? (
        <p className="mt-3">The account {email} and everything in it is being erased now.</p>
      ) : (
        <>
          <p className="mt-3">
            On <strong className="font-semibold">{sayMoment(eraseAfter, timeZone)}</strong> the account{' '}
            {email} and everything in it will be erased.
          </p>
          <p className="mt-2 text-quiet">
            Until then nothing is lost: sign in and choose “Keep my account”. Afterwards nobody can bring it
            back.
          </p>
        </>
      )}
      <section aria-labelledby="receipt" className="mt-6 rounded-xl border border-line bg-raised p-4">
        <h2 id="receipt" className="text-[13px] font-medium">
          Receipt number
        </h2>
        <p className="mt-1 font-mono text-[14px] break-all select-all">{receiptId}</p>
        <p className="mt-1 text-[13px] text-quiet">
          Keep it: with it an administrator can tell you what was erased. It says nothing about you.
        </p>
        <Button
          className="mt-3"
          onClick={() => {
            void navigator.clipboard.writeText(receiptId).then(
              () => setCopied(true),
              () => setCopied(false),
            )
          }}
        >
          <Copy aria-hidden className="size-4" />
          <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
        </Button>
      </section>
      <Button look="primary" className="mt-6" onClick={() => farewell.set(() => undefined)}>
        To the sign-in
      </Button>
    </main>
  )
}
