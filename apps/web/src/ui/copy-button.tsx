import { Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.tsx'

/** Copies a text, and says so. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [state, setState] = useState<'' | 'Copied' | 'Could not copy'>('')
  return (
    <Button
      onClick={() => {
        void navigator.clipboard.writeText(text).then(
          () => setState('Copied'),
          () => setState('Could not copy'),
        )
      }}
    >
      <Copy aria-hidden className="size-4" />
      <span aria-live="polite">{state || label}</span>
    </Button>
  )
}
