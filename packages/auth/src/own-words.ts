/** Whom a password is for, and where. */
export interface OwnWords {
  email: string
  name: string
  /** The server's host name. */
  host: string
}

/** What somebody is told whose password is of those words. */
export const ownWordsMessage =
  'This password is made of your name, your address or the name of this place, which are tried first. Add words of another kind.'

/**
 * Whether a password is nothing but words that anybody would try first here: the name of the application, the first part of the
 * e-mail, the name, the host, one or more of them in whatever case, with digits and signs before, between and behind
 * (OWASP ASVS 5.0, 6.1.2 and 6.2.11).
 */
export function isOfOwnWords(password: string, { email, name, host }: OwnWords): boolean {
  const letters = plain(password)
  const known = new Set(
    ['ownlist', localPart(email), name, host].flatMap((text) => [plain(text), ...parts(text)]),
  )
  // Shorter ones stand in any word, and a password of three letters and five digits is no better for them.
  const words = [...known].filter((word) => Array.from(word).length >= 3 && /\p{L}/u.test(word))
  if (/^\p{N}{3,}$/u.test(plain(localPart(email)))) words.push(plain(localPart(email)))

  // Which places can be reached by such words and digits alone, with and without a word on the way.
  const reached = new Map<number, boolean>([[0, false]])
  for (let at = 0; at < letters.length; at++) {
    const hasWord = reached.get(at)
    if (hasWord === undefined) continue
    for (const word of words) if (letters.startsWith(word, at)) reached.set(at + word.length, true)
    if (/\p{N}/u.test(letters[at] ?? '')) reached.set(at + 1, reached.get(at + 1) === true || hasWord)
  }
  return reached.get(letters.length) === true
}

function localPart(email: string): string {
  return email.split('@')[0] ?? email
}

function parts(text: string): string[] {
  return [...text.split(/[^\p{L}\p{N}]+/u), ...text.split(/\P{L}+/u)].map(plain)
}

/** Letters and digits alone. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}
