import { expect, test } from 'vitest'
import type { Task } from './task.ts'
import { siblingsOf, treeOf } from './tree.ts'

/** `a<b` is a task a below b. */
function tasks(...all: string[]): Task[] {
  return all.map((one) => {
    const [id, parentId = null] = one.split('<')
    return { id, parentId } as Task
  })
}

function drawn(list: Task[], folded: string[] = []): string[] {
  return treeOf(list, new Set(folded)).map(
    ({ task, level, below }) => `${'-'.repeat(level)}${task.id} ${below}`,
  )
}

test('subtasks stand right below their parents, in the order of the list', () => {
  const list = tasks('c2<c', 'a', 'b', 'c', 'b2<b', 'b1<b', 'c21<c2')
  expect(drawn(list)).toEqual(['a 0', 'b 2', '-b2 0', '-b1 0', 'c 2', '-c2 1', '--c21 0'])
  // Folded up, it still says how many there are.
  expect(drawn(list, ['b', 'c2'])).toEqual(['a 0', 'b 2', 'c 2', '-c2 1'])
})

test('a subtask whose parent is not among them stands at the edge', () => {
  expect(drawn(tasks('a', 'x<gone', 'y<x'))).toEqual(['a 0', 'x 1', '-y 0'])
})

test('side by side stand those below the same, or below none that is there', () => {
  const list = tasks('a', 'x<gone', 'b', 'a1<a', 'a2<a')
  const [a, x, , a1] = list
  const ids = (task: Task | undefined) => task && siblingsOf(list, task).map(({ id }) => id)
  expect(ids(a)).toEqual(['a', 'x', 'b'])
  expect(ids(x)).toEqual(['a', 'x', 'b'])
  expect(ids(a1)).toEqual(['a1', 'a2'])
})
