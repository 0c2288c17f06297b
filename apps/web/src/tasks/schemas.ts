import '../app/no-eval.ts'

export { newComment } from '@ownlist/api/comments/schema'
export { newTask, taskChange } from '@ownlist/api/tasks/schema'
