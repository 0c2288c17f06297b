import { expect, test } from 'vitest'
import { describeRule } from './describe.ts'

test.each([
  ['FREQ=DAILY', 'every day'],
  ['FREQ=DAILY;INTERVAL=3', 'every 3 days'],
  ['FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR', 'every weekday'],
  ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'every weekday'],
  ['FREQ=DAILY;BYMONTH=1', 'every day in January'],
  ['FREQ=DAILY;INTERVAL=2;BYDAY=MO,TU', 'every 2 days when it is a Monday or a Tuesday'],
  ['FREQ=WEEKLY', 'every week'],
  ['FREQ=WEEKLY;BYDAY=FR,MO', 'every week on Monday and Friday'],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU', 'every 2 weeks on Monday, weeks starting on Sunday'],
  ['FREQ=WEEKLY;BYDAY=MO;WKST=SU', 'every week on Monday'],
  ['FREQ=WEEKLY;BYDAY=TU;BYMONTH=3,4', 'every week on Tuesday in March and April'],
  ['FREQ=MONTHLY', 'every month'],
  ['FREQ=MONTHLY;BYMONTHDAY=1,15', 'every month on the 1st and the 15th'],
  [
    'FREQ=MONTHLY;BYMONTHDAY=2,3,11,12,13,22,-1,-2',
    'every month on the 2nd, the 3rd, the 11th, the 12th, the 13th, the 22nd, the second to last day and the last day',
  ],
  ['FREQ=MONTHLY;BYDAY=1MO,-1FR', 'every month on the first Monday and the last Friday'],
  ['FREQ=MONTHLY;BYDAY=MO', 'every month on every Monday'],
  ['FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR', 'every month on the 13th when it is a Friday'],
  ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', 'every month on the last weekday'],
  [
    'FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1',
    'every month on every Saturday and every Sunday (only the first of these)',
  ],
  ['FREQ=YEARLY', 'every year'],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', 'every year on the 29th of February'],
  ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', 'every year on the fourth Thursday of November'],
  ['FREQ=YEARLY;BYMONTH=1,6', 'every year in January and June'],
  ['FREQ=YEARLY;BYDAY=20MO', 'every year on the 20th Monday of the year'],
  ['FREQ=YEARLY;BYYEARDAY=100,-1', 'every year on the 100th day and the last day of the year'],
  ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', 'every year in week 20 on Monday'],
  ['FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO', 'every year in the last week of the year on Monday'],
  ['FREQ=DAILY;COUNT=10', 'every day, 10 times'],
  ['FREQ=DAILY;COUNT=1', 'every day, once'],
  ['FREQ=DAILY;UNTIL=20261231', 'every day, until 31 December 2026'],
  ['FREQ=DAILY;UNTIL=20261231T170000Z', 'every day, until 31 December 2026 17:00 UTC'],
])('%s: %s', (rule, words) => {
  expect(describeRule(rule, 'due')).toBe(words)
})

test('on completion', () => {
  expect(describeRule('FREQ=DAILY;INTERVAL=3', 'completion')).toBe('every 3 days after completion')
  expect(describeRule('FREQ=MONTHLY;BYMONTHDAY=1;COUNT=3', 'completion')).toBe(
    'every month on the 1st after completion, 3 times',
  )
})
