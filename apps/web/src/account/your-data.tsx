import { Download } from 'lucide-react'
import { useState } from 'react'
import { useUser } from '../session/me.ts'
import { Button, buttonLook } from '../ui/button.tsx'
import { EraseDialog } from './erase-dialog.tsx'

/** Everything is the user's: to take along, and to have erased. */
export function YourData() {
  const [erasing, setErasing] = useState(false)
  const { eraseAfter } = useUser()
  return (
    <>
      <p className="max-w-md text-quiet">
        One zip file with your account, your tasks and their whole history, as JSON for programs and CSV for
        spreadsheets.
      </p>
      <a className={`${buttonLook('plain')} mt-3`} href="/api/account/export" download>
        <Download aria-hidden className="size-4" /> Download everything
      </a>
      {eraseAfter === null && (
        <>
          <p className="mt-8 max-w-md text-quiet">
            Or leave: your account and everything in it is erased after a few days in which you may change
            your mind.
          </p>
          <Button look="danger" className="mt-3" onClick={() => setErasing(true)}>
            Erase account …
          </Button>
          <EraseDialog open={erasing} onClose={() => setErasing(false)} />
        </>
      )}
    </>
  )
}
