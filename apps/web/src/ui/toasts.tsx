import { Toast } from '@base-ui/react/toast'
import { errorOf } from '@ownlist/client'
import { X } from 'lucide-react'
import { IconButton } from './button.tsx'

const manager = Toast.createToastManager()

interface Notice {
  title: string
  description?: string
  /** Takes back what was done; also by Ctrl+Z while the toast is there. */
  undo?: () => void
  /** Another thing to do about it. */
  action?: { label: string; run: () => void }
  onClose?: () => void
  timeout?: number
  urgent?: boolean
}

const undos: { id: string; run: () => void }[] = []

/** A message that goes by itself; gives its id. (sonner would put a style element into the page, which the policy forbids.) */
export function notify({ undo, action, onClose, urgent = false, timeout = 7000, ...rest }: Notice): string {
  const button = undo ? { label: 'Undo', run: undo } : action
  const id = manager.add({
    ...rest,
    timeout,
    priority: urgent ? 'high' : 'low',
    type: urgent ? 'problem' : 'notice',
    ...(button && {
      actionProps: {
        children: button.label,
        onClick() {
          button.run()
          manager.close(id)
        },
      },
    }),
    onClose() {
      const at = undos.findIndex((one) => one.id === id)
      if (at >= 0) undos.splice(at, 1)
      onClose?.()
    },
  })
  if (undo) {
    undos.push({
      id,
      run() {
        undo()
        manager.close(id)
      },
    })
  }
  return id
}

/** Takes one message away: what it offers is no longer to be had. */
export function dismiss(id: string): void {
  manager.close(id)
}

/** Takes back the latest thing whose toast is still there. */
export function undoLatest(): boolean {
  const latest = undos.at(-1)
  latest?.run()
  return latest !== undefined
}

/** Takes all messages away: they speak of tasks. */
export function dismissAll(): void {
  manager.close()
  undos.length = 0
}

/** What failed, and why, in the server's words; the request id where only an administrator can help. */
export function notifyFailure(what: string, error: unknown, again?: () => void): void {
  const { reason, message, requestId } = errorOf(error)
  const hint = reason === 'INTERNAL' && requestId ? ` (request ${requestId.slice(0, 8)})` : ''
  notify({
    title: what,
    description: `${message}${hint}`,
    urgent: true,
    timeout: 12_000,
    ...(again && { action: { label: 'Try again', run: again } }),
  })
}

export function Toasts() {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-3 bottom-[calc(4.25rem+var(--strip)+env(safe-area-inset-bottom))] z-70 mx-auto w-auto max-w-[26rem] outline-none md:right-auto md:bottom-6 md:left-[max(17rem,calc(50vw-15rem))] md:mx-0 md:w-[24rem]">
          <Stack />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function Stack() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="toast">
      <Toast.Content className="flex min-h-12 items-center gap-1 py-1.5 pr-1.5 pl-4">
        <div className="min-w-0 flex-1 py-1.5 text-[14px]">
          <Toast.Title
            className={`line-clamp-2 ${toast.type === 'problem' ? 'font-medium text-danger' : ''}`}
          />
          <Toast.Description className="text-[13px] text-quiet" />
        </div>
        <Toast.Action className="min-h-9 rounded-lg px-3 text-[14px] font-semibold text-accent hover:bg-hover" />
        <Toast.Close
          render={
            <IconButton label="Dismiss">
              <X aria-hidden />
            </IconButton>
          }
        />
      </Toast.Content>
    </Toast.Root>
  ))
}
