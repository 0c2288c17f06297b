export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2.5 font-serif text-[19px] font-semibold tracking-[-0.01em]">
      <img src="/icon.svg" alt="" width="26" height="26" />
      Ownlist
    </span>
  )
}
