import type { ComponentProps } from 'react'

const looks = {
  primary: 'bg-accent text-on-accent hover:brightness-110 px-4 font-medium',
  plain: 'border border-line bg-raised hover:bg-hover px-4',
  quiet: 'text-quiet hover:bg-hover hover:text-ink px-3',
  danger: 'border border-line text-danger hover:bg-hover px-4',
}

/** The same for a link that does what buttons do, such as a download. */
export function buttonLook(look: keyof typeof looks): string {
  return `inline-flex min-h-10 items-center justify-center gap-2 rounded-lg text-[14px] transition-colors disabled:opacity-60 aria-disabled:opacity-60 ${looks[look]}`
}

export function Button({
  look = 'plain',
  className = '',
  ...props
}: ComponentProps<'button'> & { look?: keyof typeof looks }) {
  return <button type="button" className={`${buttonLook(look)} ${className}`} {...props} />
}

/** A button that shows a picture only; its label is spoken and shows on hover. */
export function IconButton({
  label,
  className = '',
  ...props
}: ComponentProps<'button'> & { label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-quiet pointer-coarse:size-11 transition-colors hover:bg-hover hover:text-ink data-popup-open:bg-hover data-popup-open:text-ink [&_svg]:size-[18px] ${className}`}
      {...props}
    />
  )
}
