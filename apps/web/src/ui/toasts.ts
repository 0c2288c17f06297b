import { Toast } from '@base-ui/react/toast'
import { errorOf } from '@ownlist/client'

export const toastManager = Toast.createToastManager()

/** What is said before there is a place to say it. */
const early: Parameters<typeof toastManager.add>[0][] = []
let isThere = false
let count = 0

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
  count += 1
  const id = `notice-${count}`
  const toast: Parameters<typeof toastManager.add>[0] = {
    id,
    ...rest,
    timeout,
    priority: urgent ? 'high' : 'low',
    type: urgent ? 'problem' : 'notice',
    ...(button && {
      actionProps: {
        children: button.label,
        onClick() {
          button.run()
          toastManager.close(id)
        },
      },
    }),
    onClose() {
      const at = undos.findIndex((one) => one.id === id)
      if (at >= 0) undos.splice(at, 1)
      onClose?.()
    },
  }
  if (isThere) toastManager.add(toast)
  else early.push(toast)
  if (undo) {
    undos.push({
      id,
      run() {
        undo()
        toastManager.close(id)
      },
    })
  }
  return id
}

/** Takes one message away: what it offers is no longer to be had. */
export function dismiss(id: string): void {
  toastManager.close(id)
}

/** Takes back the latest thing whose toast is still there. */
export function undoLatest(): boolean {
  const latest = undos.at(-1)
  latest?.run()
  return latest !== undefined
}

/** Takes all messages away: they speak of tasks. */
export function dismissAll(): void {
  toastManager.close()
  undos.length = 0
  early.length = 0
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

/** There is a place for messages now; gives what takes it away again. */
export function showToasts(): () => void {
  isThere = true
  for (const toast of early.splice(0)) toastManager.add(toast)
  return () => {
    isThere = false
  }
}
