import '../app/no-eval.ts'

export { newTask, taskChange } from '@ownlist/api/tasks/schema'
