import { ArrowRight } from 'lucide-react'
import type { Clock } from '../tasks/dates.ts'
import { diffText, shortened, type Piece } from './diff.ts'
import { fieldsOf, type Change, type FieldChange } from './revision.ts'
import { sayField, sayValue } from './words.ts'

interface Props {
  change: Change
  clock: Clock
  /** Also what a task was made with, and not only what became of it. */
  whole?: boolean
}

/** The fields of a change, each as it was and as it became. */
export function FieldChanges({ change, clock, whole = false }: Props) {
  const fields = fieldsOf(change).filter(({ field, before, after }) => {
    // Where a task stands among others is nothing that can be read from a value.
    if (field === 'position' || field === 'filter') return false
    return change.kind === 'updated' || (whole && !isTitle(field) && isSet(before ?? after))
  })
  if (fields.length === 0) return null
  return (
    <dl className="mt-1 space-y-1 text-[14px]">
      {fields.map((field) => (
        <div key={field.field} className={isText(field.field) ? 'sm:flex sm:gap-2' : 'flex gap-2'}>
          <dt className="w-22 shrink-0 text-quiet">{sayField(field.field)}</dt>
          <dd className="min-w-0">
            {change.kind === 'updated' ? (
              <Became {...field} clock={clock} />
            ) : (
              sayValue({ field: field.field, value: field.before ?? field.after }, clock)
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Became({ field, before, after, clock }: FieldChange & { clock: Clock }) {
  if (isText(field)) return <TextDiff before={textOf(before)} after={textOf(after)} />
  return (
    <>
      <span className="sr-only">from </span>
      <del className="text-quiet decoration-edge">{sayValue({ field, value: before }, clock)}</del>
      <ArrowRight aria-hidden className="mx-1.5 inline size-3.5 text-quiet" />
      <span className="sr-only"> to </span>
      <ins className="no-underline">{sayValue({ field, value: after }, clock)}</ins>
    </>
  )
}

const looks: Record<Piece['kind'], string> = {
  same: 'text-quiet',
  removed: 'rounded-xs bg-danger/12 px-0.5 text-danger decoration-1',
  added: 'rounded-xs bg-wash px-0.5 text-accent no-underline',
}

function TextDiff({ before, after }: { before: string; after: string }) {
  return (
    <p className="whitespace-pre-wrap">
      {shortened(diffText(before, after)).map(({ kind, text }, index) => {
        const key = `${index} ${kind}`
        if (kind === 'same') {
          return (
            <span key={key} className={looks.same}>
              {text}
            </span>
          )
        }
        const Tag = kind === 'removed' ? 'del' : 'ins'
        return (
          <Tag key={key} className={looks[kind]}>
            <span className="sr-only">{kind}: </span>
            {text}
          </Tag>
        )
      })}
    </p>
  )
}

/** What a row is called stands above its fields. */
function isTitle(field: string): boolean {
  return field === 'title' || field === 'name' || field === 'body'
}

function isText(field: string): boolean {
  return field === 'description' || field === 'body'
}

function isSet(value: unknown): boolean {
  return value != null && !(Array.isArray(value) && value.length === 0)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
