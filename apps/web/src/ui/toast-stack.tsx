import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import { useEffect } from 'react'
import { IconButton } from './button.tsx'
import { showToasts, toastManager } from './toasts.ts'

/** Where messages stand. It comes after the page: nobody has anything to be told before. */
export function Toasts() {
  // What is around the provider gets its turn after it: by then it listens.
  useEffect(showToasts, [])
  return (
    <Toast.Provider toastManager={toastManager} limit={3}>
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
