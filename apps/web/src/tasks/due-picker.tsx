import { Popover } from '@base-ui/react/popover'
import { CalendarDays } from 'lucide-react'
import { useId, useState, type ReactElement } from 'react'
import { Button } from '../ui/button.tsx'
import { addDays, cityOf, dayIn, instantOf, nextWeek, sayDay, wallClock, type Clock } from './dates.ts'
import type { Due } from './task.ts'

interface Props {
  due: Due | null
  clock: Clock
  weekStart: number
  onChange: (due: Due | null) => void
  trigger: ReactElement
}

/** A day, or a day with a time in a zone. The quick answers come first. */
export function DuePicker({ trigger, ...props }: Props) {
  const [open, setOpen] = useState(false)
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" collisionPadding={8} className="z-55">
          <Popover.Popup className="popup w-[17rem] origin-[var(--transform-origin)]">
            <Popover.Title className="sr-only">Due date</Popover.Title>
            <DueFields {...props} onDone={() => setOpen(false)} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

function DueFields({
  due,
  clock,
  weekStart,
  onChange,
  onDone,
}: Omit<Props, 'trigger'> & { onDone: () => void }) {
  const id = useId()
  const today = dayIn(clock.timeZone, clock.now)
  const [zone, setZone] = useState(due && 'timeZone' in due ? due.timeZone : clock.timeZone)
  const wall = due && ('date' in due ? { date: due.date, time: '' } : wallClock(due.dateTime, due.timeZone))
  const [date, setDate] = useState(wall?.date ?? '')
  const [time, setTime] = useState(wall?.time ?? '')

  function choose(day: string | null) {
    onChange(day === null ? null : { date: day })
    onDone()
  }

  function setFields() {
    if (!date) return choose(null)
    onChange(time ? { dateTime: instantOf(date, time, zone), timeZone: zone } : { date })
    onDone()
  }

  const answers: [string, string | null][] = [
    ['Today', today],
    ['Tomorrow', addDays(today, 1)],
    ['Next week', nextWeek(today, weekStart)],
    ['No date', null],
  ]
  return (
    <>
      {answers.map(([name, day]) => (
        <button
          key={name}
          type="button"
          onClick={() => choose(day)}
          className="menu-item hover:bg-hover focus-visible:-outline-offset-2"
        >
          <span className="flex-1 text-left">{name}</span>
          <span className="text-[12px] text-quiet">
            {day && name !== 'Today' ? weekdayOf(day, today) : ''}
          </span>
        </button>
      ))}
      <form
        className="mt-1.5 grid grid-cols-[1fr_auto] gap-2 border-t border-line p-2 pt-3"
        onSubmit={(event) => {
          event.preventDefault()
          // A portal is still inside the form it was opened from, as far as React's events go.
          event.stopPropagation()
          setFields()
        }}
      >
        <label htmlFor={`${id}-date`} className="sr-only">
          Date
        </label>
        <input
          id={`${id}-date`}
          type="date"
          className="field min-w-0 text-[14px]"
          min="0001-01-01"
          max="9999-12-31"
          value={date}
          onChange={(event) => setDate(event.target.value)}
        />
        <label htmlFor={`${id}-time`} className="sr-only">
          Time, optional
        </label>
        <input
          id={`${id}-time`}
          type="time"
          className="field w-[6.25rem] text-[14px]"
          value={time}
          disabled={!date}
          onChange={(event) => setTime(event.target.value)}
        />
        {time && (
          <div className="col-span-2">
            <label htmlFor={`${id}-zone`} className="sr-only">
              Time zone
            </label>
            <ZoneSelect id={`${id}-zone`} value={zone} onChange={setZone} />
          </div>
        )}
        <Button type="submit" look="primary" className="col-span-2">
          Set date
        </Button>
      </form>
    </>
  )
}

export function ZoneSelect({
  id,
  value,
  onChange,
}: {
  id: string
  value: string
  onChange: (zone: string) => void
}) {
  const zones = [...new Set([value, 'UTC', ...Intl.supportedValuesOf('timeZone')])].toSorted()
  return (
    <select
      id={id}
      className="field text-[14px]"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {zones.map((zone) => (
        <option key={zone} value={zone}>
          {zone.includes('/') ? `${cityOf(zone)} (${zone.split('/')[0]})` : zone}
        </option>
      ))}
    </select>
  )
}

export function DueIcon() {
  return <CalendarDays aria-hidden className="size-4 shrink-0" />
}

function weekdayOf(day: string, today: string): string {
  const words = sayDay(day, today)
  return words === 'Tomorrow' || words === 'Today'
    ? new Intl.DateTimeFormat(undefined, { weekday: 'short', timeZone: 'UTC' }).format(
        new Date(`${day}T00:00:00Z`),
      )
    : words
}
