import { AlertDialog } from '@base-ui/react/alert-dialog'
import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton } from './button.tsx'

export const scrim =
  'fixed inset-0 z-40 bg-scrim transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0'

interface Props {
  title: string
  open: boolean
  onClose: () => void
  children: ReactNode
  /** `side`: a panel at the edge, the whole screen on a phone. `middle`: a card. */
  place?: 'side' | 'middle'
  /** Only what is in it closes it: what it shows is not to be had again. */
  isFirm?: boolean
}

const places = {
  side: 'inset-y-0 right-0 w-full sm:w-[27rem] sm:border-l data-ending-style:translate-x-8 data-starting-style:translate-x-8',
  middle:
    'top-1/2 left-1/2 max-h-[85dvh] w-[min(30rem,calc(100vw-2rem))] -translate-1/2 overflow-y-auto overscroll-contain rounded-2xl border data-ending-style:scale-97 data-starting-style:scale-97',
}

export function Panel({ title, open, onClose, children, place = 'middle', isFirm = false }: Props) {
  return (
    <Dialog.Root modal="trap-focus" open={open} onOpenChange={(next) => !next && !isFirm && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={scrim} />
        <Dialog.Popup
          // On a phone the keyboard would cover what one came to read.
          initialFocus={(by) =>
            by === 'touch' || (document.querySelector<HTMLElement>('[data-first-focus]') ?? true)
          }
          className={`fixed z-50 flex flex-col border-line bg-raised shadow-float outline-none transition duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 ${places[place]}`}
        >
          <header className="flex items-center justify-between py-3 pr-3 pl-5">
            <Dialog.Title className="text-[15px] font-semibold">{title}</Dialog.Title>
            {!isFirm && (
              <Dialog.Close
                render={
                  <IconButton label="Close">
                    <X aria-hidden />
                  </IconButton>
                }
              />
            )}
          </header>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

interface QuestionProps {
  open: boolean
  title: string
  children: ReactNode
  /** What the button that goes on says. */
  action: string
  onAction: () => void
  onCancel: () => void
}

/** Asks before something is lost. */
export function Question({ open, title, children, action, onAction, onCancel }: QuestionProps) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onCancel()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={`${scrim} z-60`} />
        <AlertDialog.Popup className="fixed top-1/2 left-1/2 z-60 w-[min(24rem,calc(100vw-2rem))] -translate-1/2 rounded-2xl border border-line bg-raised p-5 shadow-float outline-none">
          <AlertDialog.Title className="font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-1.5 text-quiet">{children}</AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Close render={<Button>Cancel</Button>} />
            <Button look="danger" onClick={onAction}>
              {action}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
