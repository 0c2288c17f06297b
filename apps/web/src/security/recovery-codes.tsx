import { Download } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Panel } from '../ui/dialog.tsx'

/** Shown once: the server keeps only what proves them. Closed by a button alone, so that nobody loses them by a slip. */
export function RecoveryCodes({ codes, onClose }: { codes: string[] | undefined; onClose: () => void }) {
  return (
    <Panel title="Your recovery codes" open={codes !== undefined} onClose={onClose} isFirm>
      {codes && <Codes codes={codes} onClose={onClose} />}
    </Panel>
  )
}

function Codes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  return (
    <div className="px-5 pb-5">
      <p>
        With one of these you get in when your phone is gone. Each works once.{' '}
        <strong className="font-semibold">They are shown only now</strong>: keep them where your phone is not.
      </p>
      <ul
        aria-label="Recovery codes"
        className="mt-4 grid grid-cols-1 gap-x-6 gap-y-1 rounded-xl bg-sunken px-4 py-3 font-mono text-[14px] select-all min-[26rem]:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap gap-2">
        <CopyButton text={codes.join('\n')} />
        <Button onClick={() => download(codes)}>
          <Download aria-hidden className="size-4" /> Download
        </Button>
        <Button look="primary" className="ml-auto" onClick={onClose}>
          I have kept them
        </Button>
      </div>
    </div>
  )
}

function download(codes: string[]): void {
  const text = `Recovery codes for Ownlist at ${location.host}\nEach works once, in the place of a code of your app.\n\n${codes.join('\n')}\n`
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  link.download = 'ownlist-recovery-codes.txt'
  link.click()
  // The browser has taken it by then; the page should not keep it.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
