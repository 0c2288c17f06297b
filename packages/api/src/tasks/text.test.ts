import { expect } from 'vitest'
import { test } from '../testing.fixture.ts'

const identical: Record<string, string> = {
  'a plain title': 'Buy oat milk',
  'a combining accent, not composed': 'cafe\u0301',
  'a composed accent': 'caf\u00e9',
  'Vietnamese with two marks': 'Nguye\u0302\u0303n',
  'a stack of fifty combining marks': `Z${'\u0335\u0321\u034f'.repeat(16)}algo`,
  'right to left': 'קנה חלב ושלם',
  'Arabic with vowel marks': 'اِشْتَرِ الحَلِيبَ',
  'direction marks and isolates': '\u2067abc\u2069 \u202edef\u202c x',
  'an emoji of many people': '👩‍👩‍👧‍👦 dinner',
  'an emoji with skin and hair': '👩🏽‍🦰',
  flags: '🇫🇷🇯🇵🏴󠁧󠁢󠁷󠁬󠁳󠁿',
  'two hundred code points of four bytes': '😀'.repeat(200),
  'outside the first plane': '𠮷野家 𝒳 𐍈',
  'the last code points': '\u{10fffd}\u{10ffff}\uffff\ufffe',
  'the replacement character itself': '\ufffd',
  'zero width': 'a\u200bb\u200dc\u2060d\ufeffe',
  'control characters': 'a\u0001\u0007\u001b[31mred\u007f\u0085b',
  'line breaks inside': 'a\r\nb\nc\u2028d\u2029e',
  'Turkish and German': 'İıIi ß ẞ ſ',
  'compatibility forms': 'ﬁ ① ㎏ ｆｕｌｌ Å',
  'Thai and Devanagari': 'ซื้อนม दूध खरीदें',
  Hangul: '우유 사기 \u1112\u1161\u11ab',
  quotes: `' " \` \\ \\\\ $$ \${x} %s {{y}} <script>alert(1)</script>`,
  SQL: `'); drop table tasks; --`,
  'JSON words': 'null',
  'a number with zeros': '0012e3',
  'looks like a prototype': '__proto__',
}

test.for(Object.entries(identical))('text comes back byte for byte: %s', async ([, text], { signUp }) => {
  const ada = await signUp()
  const { id } = await ada.tasks.create({ title: text, description: text })
  const bytes = (value: string | null) => Buffer.from(value ?? '', 'utf16le').toString('hex')
  const { title, description } = await ada.tasks.get({ id })
  expect(bytes(title)).toBe(bytes(text))
  expect(bytes(description)).toBe(bytes(text))
  expect((await ada.tasks.list({ q: text, sort: 'title' })).items).toMatchObject([{ id }])
  expect((await ada.tasks.search({ q: text })).items).toMatchObject([{ id }])
  const renamed = await ada.tasks.update({ id, title: 'x', description: ` ${text} ` })
  expect(bytes(renamed.description)).toBe(bytes(` ${text} `))
})

const refused: Record<string, string> = {
  'U+0000': 'a\u0000b',
  'only U+0000': '\u0000',
  'a high surrogate alone': 'a\ud83d',
  'a low surrogate alone': '\ude00a',
  'surrogates the wrong way round': '\ude00\ud83d',
  'half of an emoji in the middle': 'a\ud83d b',
}

test.for(Object.entries(refused))(
  'text that PostgreSQL cannot store unchanged is refused: %s',
  async ([, text], { signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'kept' })
    const wrong = (path: string) => ({ reason: 'BAD_INPUT', issues: [{ path }] })
    await expect(ada.tasks.create({ title: text })).rejects.toMatchObject(wrong('title'))
    await expect(ada.tasks.create({ title: 'x', description: text })).rejects.toMatchObject(
      wrong('description'),
    )
    await expect(ada.tasks.update({ id, title: text })).rejects.toMatchObject(wrong('title'))
    await expect(ada.account.update({ name: text })).rejects.toMatchObject(wrong('name'))
    await expect(ada.account.update({ timeZone: text })).rejects.toMatchObject(wrong('timeZone'))
    await expect(ada.account.update({ locale: text })).rejects.toMatchObject(wrong('locale'))
    await expect(ada.tasks.list({ cursor: text })).rejects.toMatchObject({ reason: 'CURSOR_INVALID' })
    expect((await ada.tasks.list()).items).toMatchObject([{ title: 'kept', revision: 1 }])
  },
)

test('white space of every script around a title is trimmed by us as the database would', async ({
  signUp,
}) => {
  const ada = await signUp()
  for (const space of [
    ' ',
    '\t',
    '\n',
    '\v',
    '\f',
    '\r',
    '\u00a0',
    '\u1680',
    '\u2003',
    '\u2028',
    '\u3000',
    '\ufeff',
  ]) {
    expect(await ada.tasks.create({ title: `${space}x${space}` })).toMatchObject({ title: 'x' })
    await expect(ada.tasks.create({ title: space })).rejects.toMatchObject({ reason: 'BAD_INPUT' })
  }
})
