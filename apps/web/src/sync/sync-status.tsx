import type { Status } from '@ownlist/client'
import { CloudOff, CloudUpload, HardDrive, TriangleAlert } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { announce } from '../app/announcer.tsx'
import { useLive } from '../app/live.ts'
import { useTaskStore } from '../session/session.ts'
import { notify } from '../ui/toasts.ts'
import { sayChanges } from './words.ts'

/** Says quietly how things stand with the server, and not so quietly where somebody has to do something. */
export function SyncStatus({ onRefused }: { onRefused: () => void }) {
  const status = useLive(useTaskStore().status)
  const isSlow = useLasting(status.pending > 0 && status.online, 3_000)
  const { failures } = status
  const text = textOf(status, isSlow)
  if (!text && failures.length === 0) return null
  return (
    <div data-sync className="text-[13px] text-quiet [&_svg]:size-4 [&_svg]:shrink-0">
      {failures.length > 0 && (
        <button
          type="button"
          className="flex h-9 w-full items-center gap-2.5 rounded-lg px-2.5 text-left font-medium text-danger hover:bg-hover"
          onClick={onRefused}
        >
          <TriangleAlert aria-hidden />
          {sayChanges(failures.length)} not accepted
        </button>
      )}
      {text && <p className="flex h-9 items-center gap-2.5 px-2.5">{text}</p>}
    </div>
  )
}

/** Told once, to those who hear the page too; the status above stays. */
export function SyncNews({ onRefused }: { onRefused: () => void }) {
  const { online, failures, storage } = useLive(useTaskStore().status)
  const refused = failures.length
  const full = storage === 'full'
  const before = useRef({ online: true, refused, full: false })
  useEffect(() => {
    const known = before.current
    before.current = { online, refused, full }
    if (known.online && !online) announce('Offline. Your changes are kept on this device.')
    if (!known.online && online) announce('Online again.')
    if (full && !known.full) {
      notify({
        title: 'There is no room left on this device',
        description: 'Tasks from the server are shown, and gone when this page is closed.',
        urgent: true,
        timeout: 12_000,
      })
    }
    if (refused > known.refused) {
      notify({
        title: `${sayChanges(refused - known.refused)} not accepted`,
        urgent: true,
        timeout: 12_000,
        action: { label: 'Show', run: onRefused },
      })
    }
  }, [online, refused, full, onRefused])
  return null
}

function textOf({ online, pending, storage }: Status, isSlow: boolean): ReactNode {
  if (storage === 'full') {
    return (
      <>
        <HardDrive aria-hidden className="text-danger" /> This device is full
      </>
    )
  }
  if (!online) {
    return (
      <>
        <CloudOff aria-hidden /> Offline{pending > 0 && <> · {sayChanges(pending)} kept</>}
      </>
    )
  }
  if (isSlow) {
    return (
      <>
        <CloudUpload aria-hidden /> Sending {sayChanges(pending)} …
      </>
    )
  }
  if (storage === 'memory') {
    return (
      <>
        <HardDrive aria-hidden /> This browser keeps nothing
      </>
    )
  }
  return undefined
}

/** Whether something has been so for a while. */
function useLasting(value: boolean, milliseconds: number): boolean {
  const [lasting, setLasting] = useState(false)
  useEffect(() => {
    if (!value) return
    const timer = setTimeout(() => setLasting(true), milliseconds)
    return () => {
      clearTimeout(timer)
      setLasting(false)
    }
  }, [value, milliseconds])
  return lasting
}
