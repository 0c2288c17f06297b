import { Download } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, buttonLook } from '../ui/button.tsx'
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
  const [file, setFile] = useState<string>()
  useEffect(() => {
    const text = `Recovery codes for Ownlist at ${location.host}\nEach works once, in the place of a code of your app.\n\n${codes.join('\n')}\n`
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    setFile(url)
    return () => URL.revokeObjectURL(url)
  }, [codes])
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
        <a className={buttonLook('plain')} href={file} download="ownlist-recovery-codes.txt">
          <Download aria-hidden className="size-4" /> Download
        </a>
        <Button look="primary" className="ml-auto" onClick={onClose}>
          I have kept them
        </Button>
      </div>
    </div>
  )
}
