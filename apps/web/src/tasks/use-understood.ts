import type * as Language from '@ownlist/quick-add/english'
import type { Piece, QuickAdd } from '@ownlist/quick-add'
import { useEffect, useState } from 'react'
import { useUser } from '../session/me.ts'
import type { Clock } from './dates.ts'

let language: typeof Language | undefined

/**
 * What reads the line is fetched once the page stands; until then a line is a title, as it is typed. Whoever reads
 * English does without the other languages, which are most of it.
 */
async function loadLanguage(): Promise<typeof Language> {
  language ??= navigator.language.startsWith('en')
    ? await import('@ownlist/quick-add/english')
    : await import('@ownlist/quick-add')
  return language
}

export interface Understood extends QuickAdd {
  say(piece: Piece): string
}

/** What a typed line means. A piece that was refused is part of the title, as long as its words stand there. */
export function useUnderstood(text: string, clock: Clock) {
  const { weekStart } = useUser()
  const [ready, setReady] = useState(language)
  const [refused, setRefused] = useState<readonly string[]>([])
  useEffect(() => {
    if (!ready) void loadLanguage().then((loaded) => setReady(() => loaded), ignore)
  }, [ready])

  const options = {
    now: clock.now,
    timeZone: clock.timeZone,
    weekStart: weekStart as 1,
    locale: navigator.language,
    refused,
  }
  const understood: Understood | undefined =
    ready && text.trim() !== ''
      ? { ...ready.parseQuickAdd(text, options), say: (piece) => ready.sayPiece(piece, options) }
      : undefined
  return {
    understood,
    refuse: (piece: Piece) => setRefused((before) => [...before, piece.key]),
    forget: () => setRefused([]),
  }
}

function ignore() {
  // It is asked for again with the next page; the line works without.
}
