/** A browser by the name its owner knows. Browsers claim to be each other, so the order matters. */
export function sayClient(userAgent: string | null): string {
  if (!userAgent) return 'Unknown program'
  const browser = [
    ['Edg/', 'Edge'],
    ['OPR/', 'Opera'],
    ['Firefox/', 'Firefox'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ].find(([mark]) => mark && userAgent.includes(mark))?.[1]
  const system = [
    ['Android', 'Android'],
    ['iPhone', 'iPhone'],
    ['iPad', 'iPad'],
    ['Windows', 'Windows'],
    ['Mac OS', 'macOS'],
    ['Linux', 'Linux'],
  ].find(([mark]) => mark && userAgent.includes(mark))?.[1]
  if (!browser) return userAgent.split(/[\s/]/)[0] || 'Unknown program'
  return system ? `${browser} on ${system}` : browser
}
