const units = {
  DAILY: ['day', 'days'],
  WEEKLY: ['week', 'weeks'],
  MONTHLY: ['month', 'months'],
  YEARLY: ['year', 'years'],
} as const

/** How often a rule of RFC 5545 comes again, in short: Every day, Every 2 weeks. */
export function sayRule(rule: string): string {
  const parts = new Map(
    rule
      .replace(/^RRULE:/i, '')
      .split(';')
      .map((part) => part.toUpperCase().split('=') as [string, string]),
  )
  const unit = units[parts.get('FREQ') as keyof typeof units]
  if (!unit) return 'Repeats'
  const every = Number(parts.get('INTERVAL') ?? 1)
  return every === 1 ? `Every ${unit[0]}` : `Every ${every} ${unit[1]}`
}
