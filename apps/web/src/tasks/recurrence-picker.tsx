import { describeRule, parseRule } from '@ownlist/recurrence'
import { Popover } from '@base-ui/react/popover'
import { Repeat } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { dayIn, wallClock, type Clock } from './dates.ts'
import { chip } from './quick-add.tsx'
import type { Due, Task } from './task.ts'

type Recurrence = NonNullable<Task['recurrence']>

interface Props {
  recurrence: Recurrence | null
  due: Due | null
  clock: Clock
  onChange: (recurrence: Recurrence | null) => void
}

/** How often a task comes again: the usual answers, or any rule of RFC 5545. */
export function RecurrencePicker(props: Props) {
  const [open, setOpen] = useState(false)
  const { recurrence } = props
  const words = recurrence ? sayRecurrence(recurrence) : 'Does not repeat'
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        render={
          <button
            type="button"
            className={`${chip(recurrence !== null)} -ml-2.5`}
            aria-label={`Repeats: ${words}`}
          >
            <Repeat aria-hidden className="size-4 shrink-0" />
            {words}
          </button>
        }
      />
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" collisionPadding={8} className="z-55">
          <Popover.Popup className="popup w-[19rem] origin-[var(--transform-origin)]">
            <Popover.Title className="sr-only">Repeats</Popover.Title>
            <Fields {...props} onDone={() => setOpen(false)} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Fields({ recurrence, due, clock, onChange, onDone }: Props & { onDone: () => void }) {
  const id = useId()
  const [rule, setRule] = useState(recurrence?.rule ?? '')
  const [basis, setBasis] = useState(recurrence?.basis ?? 'due')
  const [problem, setProblem] = useState<string>()

  function choose(chosen: string) {
    onChange({ rule: chosen, basis })
    onDone()
  }

  function setOwn() {
    if (!rule.trim()) {
      onChange(null)
      return onDone()
    }
    try {
      choose(parseRule(rule.trim(), due && 'dateTime' in due ? 'time' : 'day'))
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'This rule is not right.')
    }
  }

  return (
    <>
      {usualRules(due, clock).map((usual) => (
        <button
          key={usual}
          type="button"
          aria-pressed={recurrence?.rule === usual}
          className="menu-item hover:bg-hover focus-visible:-outline-offset-2 aria-pressed:text-accent"
          onClick={() => choose(usual)}
        >
          <span className="flex-1 text-left">{sayRecurrence({ rule: usual, basis })}</span>
        </button>
      ))}
      <button
        type="button"
        className="menu-item hover:bg-hover focus-visible:-outline-offset-2"
        onClick={() => {
          onChange(null)
          onDone()
        }}
      >
        <span className="flex-1 text-left">Does not repeat</span>
      </button>
      <form
        className="mt-1.5 space-y-2 border-t border-line p-2 pt-3"
        onSubmit={(event) => {
          event.preventDefault()
          // A portal is still inside the form it was opened from, as far as React's events go.
          event.stopPropagation()
          setOwn()
        }}
      >
        <label className="flex min-h-9 items-center gap-2 text-[14px]">
          <input
            type="checkbox"
            checked={basis === 'completion'}
            onChange={(event) => {
              const chosen = event.target.checked ? 'completion' : 'due'
              setBasis(chosen)
              if (recurrence) onChange({ ...recurrence, basis: chosen })
            }}
          />
          Count from the day it is done
        </label>
        <label htmlFor={`${id}-rule`} className="block text-[13px] text-quiet">
          Or a rule of your own (RRULE)
        </label>
        <input
          id={`${id}-rule`}
          value={rule}
          spellCheck={false}
          autoCapitalize="characters"
          placeholder="FREQ=MONTHLY;BYDAY=-1FR"
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
          className="field font-mono text-[13px]"
          onChange={(event) => {
            setRule(event.target.value)
            setProblem(undefined)
          }}
        />
        <p id={`${id}-problem`} role="alert" className="text-[13px] text-danger empty:hidden">
          {problem}
        </p>
        <Button type="submit" look="primary" className="w-full">
          Set rule
        </Button>
      </form>
    </>
  )
}

/** Every 2 weeks on Monday, until 1 March 2027 */
function sayRecurrence({ rule, basis }: Recurrence): string {
  const words = describeRule(rule, basis)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const

/** The usual rules, on the task's own day. */
function usualRules(due: Due | null, clock: Clock): string[] {
  const day =
    due === null
      ? dayIn(clock.timeZone, clock.now)
      : 'date' in due
        ? due.date
        : wallClock(due.dateTime, due.timeZone).date
  const [, month = '', of = ''] = day.split('-')
  const weekday = weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? 'MO'
  return [
    'FREQ=DAILY',
    'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
    `FREQ=WEEKLY;BYDAY=${weekday}`,
    `FREQ=MONTHLY;BYMONTHDAY=${Number(of)}`,
    `FREQ=YEARLY;BYMONTH=${Number(month)};BYMONTHDAY=${Number(of)}`,
  ]
}
