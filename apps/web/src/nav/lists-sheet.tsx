import { useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { Panel } from '../ui/dialog.tsx'
import { Everything } from './sidebar.tsx'

/** On a phone: all lists, tags and saved views, over the whole screen until one is chosen. */
export function ListsSheet({ onClose }: { onClose: () => void }) {
  const href = useRouterState({ select: ({ location }) => location.href })
  const first = useRef(href)
  useEffect(() => {
    if (href !== first.current) onClose()
  }, [href, onClose])
  return (
    <Panel title="Lists" place="side" open onClose={onClose}>
      <div
        className="flex-1 overflow-y-auto overscroll-contain px-3 pb-[max(1.5rem,env(safe-area-inset-bottom))]"
        // The place where one is already is an answer, too.
        onClickCapture={(event) => {
          if ((event.target as Element).closest('a[aria-current=page]')) onClose()
        }}
      >
        <Everything />
      </div>
    </Panel>
  )
}
