import type { Clock, When } from './pieces.ts'

/** A reading of the first words of a window. */
export type Reading = {
  /** How much of the window it is, punctuation behind it not counted. */
  length: number
  when: When
  /**
   * Where it is sure enough to be one. `anywhere`: its words say so themselves ("on Friday"). `closed`: at the end, or
   * before punctuation or a word that starts something new ("at 9 with Bob", not "at 9 Downing Street"). `edge`: there or
   * at the start. `end`: at the end, or at the start before punctuation ("Friday: call Bob", not "Friday night lights").
   */
  place: 'anywhere' | 'closed' | 'edge' | 'end'
  /** Begins with a word that only a date follows. */
  introduced: boolean
  /** "due" or "by": it is what counts where another date is in the text, too. */
  deadline?: boolean
  /** A day that can be a name as well ("Ruby Tuesday"). */
  nameLike?: boolean
  /** "In 50 minutes" is how long it takes where something is counted before it: "run 10k in 50 minutes". */
  duration?: boolean
}

/** How one language says dates. */
export interface Language {
  /** The readings of the start of a window (see words.ts), the longest first. */
  read(window: string, clock: Clock): Reading[]
  /** Words behind which a date belongs to something else ("the party of friday"), and those where even "on" does not help. */
  notAfter: ReadonlySet<string>
  neverAfter: ReadonlySet<string>
  /** Words in front of which it does ("friday or later"). */
  notBefore: ReadonlySet<string>
  /** Words behind a date that start something new. */
  closers: ReadonlySet<string>
  /** Words of dates that are written with a capital anywhere; any other with one, past the first word, is a name. */
  capitals: RegExp
  /** Capitals side by side are a name ("Sunday Times"); not so where every noun has one. */
  namesHaveCapitals: boolean
  /** Titles and sayings that begin like a date, by the start of their window. */
  never?: RegExp
}

/** `pt` of `pt-BR`. */
export function languageCode(locale: string): string {
  return locale.toLowerCase().split(/[-_]/)[0] ?? ''
}
