import { casual as english } from 'chrono-node/en'
import { casual as spanish } from 'chrono-node/es'
import { expect, test } from 'vitest'
import { readByChrono } from './chrono.ts'

const today = Date.UTC(2026, 10, 18) / 86_400_000

test('a phrase of which chrono reads a part is not read', () => {
  expect(readByChrono(spanish, 'mañana', today)).toEqual({ day: today + 1 })
  expect(readByChrono(spanish, 'pasado mañana', today)).toBeUndefined()
  expect(readByChrono(english, 'day after tomorrow', today)).toBeUndefined()
})

test('a span of days is not a day', () => {
  expect(readByChrono(english, '3 - 5 march', today)).toBeUndefined()
})

test('months are counted from today, and the last of a shorter month stands for a day it lacks', () => {
  const lastOfJanuary = Date.UTC(2027, 0, 31) / 86_400_000
  expect(readByChrono(english, 'in 1 month', lastOfJanuary)).toEqual({ day: lastOfJanuary + 28 })
  expect(readByChrono(english, 'in 2 months', lastOfJanuary)).toEqual({ day: lastOfJanuary + 59 })
  expect(readByChrono(english, 'in 1 year', lastOfJanuary)).toEqual({ day: lastOfJanuary + 365 })
})
