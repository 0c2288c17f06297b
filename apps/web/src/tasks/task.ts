import type { Inputs, Outputs } from '@ownlist/api'

export type Task = Outputs['tasks']['get']
export type NewTask = Inputs['tasks']['create']
export type TaskChange = Omit<Inputs['tasks']['update'], 'id'>
export type Due = NonNullable<Task['due']>
export type Priority = NonNullable<Task['priority']>
export type Status = Task['status']

export const priorityNames = { high: 'High', medium: 'Medium', low: 'Low' } as const
export const statusNames = { pending: 'To do', in_progress: 'In progress', completed: 'Done' } as const
