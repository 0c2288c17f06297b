import { encodeQR } from 'qr'
import { useMemo } from 'react'

/** Made here, so that nobody else sees what is in it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => draw(text), [text])
  return (
    <figure aria-label={label} className="size-full">
      <svg
        aria-hidden
        viewBox={`0 0 ${size} ${size}`}
        shapeRendering="crispEdges"
        className="block size-full rounded-lg"
      >
        <rect width={size} height={size} fill="#ffffff" />
        <path d={path} fill="#000000" />
      </svg>
    </figure>
  )
}

function draw(text: string): { size: number; path: string } {
  // Four modules of margin, as ISO/IEC 18004 has it.
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 })
  const path = rows
    .map((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')).join(''))
    .join('')
  return { size: rows.length, path }
}
