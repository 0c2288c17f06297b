import { randomUUID } from 'node:crypto'
import { errorOf, type Ownlist, type Outputs } from '../../packages/client/src/index.ts'
import { organize } from './organizing.ts'
import type { Random } from './random.ts'

type Task = Outputs['tasks']['get']

/** Of a task, what its worker decides. */
export type Content = Pick<Task, 'title' | 'priority' | 'completed'>

/** What a worker meant to do, call by call, each exactly once. */
export interface Ledger {
  /** Successful calls by procedure. */
  calls: Map<string, number>
  /** Calls that were refused, as they had to be. */
  refusals: number
  /** Calls that changed something: a revision each. */
  revisions: number
  /** Rows that came to be, newly or again, and rows that went. */
  made: number
  unmade: number
  /** What is there at the end. */
  tasks: Map<string, Content>
  /** Answers other than what a call that happens once must give. */
  wrong: string[]
}

/** An undo that is open: only its worker touches the task, and did nothing else to it since. */
interface Undoable {
  revision: number
  id: string
  before: Content
}

/** Calls every mutation in random order, each on its own tasks, knowing what must come of it. */
export class Worker {
  readonly ledger: Ledger = {
    calls: new Map(),
    refusals: 0,
    revisions: 0,
    made: 0,
    unmade: 0,
    tasks: new Map(),
    wrong: [],
  }
  #name: string
  #client: Ownlist
  #random: Random
  #openSession: () => Promise<string>
  #password: string
  #seen = new Map<string, number>()
  #gone = new Map<string, Content>()
  #undoable: Undoable | undefined
  #turn = 0

  constructor(
    name: string,
    client: Ownlist,
    {
      random,
      password,
      openSession,
    }: { random: Random; password: string; openSession: () => Promise<string> },
  ) {
    this.#name = name
    this.#client = client
    this.#random = random
    this.#openSession = openSession
    this.#password = password
  }

  async work(until: () => boolean): Promise<void> {
    const { tasks, history, account } = this.#client
    while (!until()) {
      const known = this.#any(this.ledger.tasks)
      const gone = this.#any(this.#gone)
      const dice = Math.floor(this.#random() * 21)
      if (!known || dice < 4) await this.#create()
      else if (dice === 4) await Promise.all([this.#create(), this.#create(), this.#create()])
      else if (dice < 8) await this.#update(known)
      else if (dice === 8) {
        // There and back: few tasks would be reopened by chance.
        await this.#toggle(known)
        await this.#toggle(known)
      } else if (dice === 9) await this.#delete(known)
      else if (dice === 10) await this.#reorder(known)
      else if (dice < 13) await this.#bulk()
      else if (dice === 13) {
        // At once: whatever happens to the task meanwhile leaves nothing to undo.
        await this.#update(known)
        await this.#undo()
      } else if (dice === 14 && gone) await this.#restore(gone)
      else if (dice === 15) {
        const name = this.#title()
        const user = await this.#call('account.update', () => account.update.mutate({ name }))
        if (user && user.name !== name) this.#wrong(`was called ${name}, is ${user.name}`)
      } else if (dice === 16) {
        const id = await this.#openSession()
        await this.#call('account.revokeSession', () => account.revokeSession.mutate({ id }))
        await this.#token()
      } else if (dice === 17) {
        const title = this.#title()
        await this.#refusal('TASK_EXISTS', () => tasks.create.mutate({ id: known, title }))
        await this.#refusal('REVISION_CONFLICT', () =>
          tasks.update.mutate({ id: known, title, ifRevision: 2 ** 40 }),
        )
      } else if (dice === 18 && gone) {
        await this.#refusal('TASK_NOT_FOUND', () => tasks.complete.mutate({ id: gone }))
        const answer = await this.#call('tasks.delete', () => tasks.delete.mutate({ id: gone }))
        if (answer?.deleted) this.#wrong(`${gone} was deleted twice`)
      } else if (dice === 19) {
        // What is there is given as it is.
        await this.#call('history.restore', () => history.restore.mutate({ entity: 'tasks', id: known }))
      } else if (dice === 20) await this.#organize(known)
    }
  }

  async #create(): Promise<void> {
    const title = this.#title()
    // Half of the tasks get their id from the server: then nothing but the operation id tells a repetition.
    const id = this.#random() < 0.5 ? randomUUID() : undefined
    const task = await this.#call('tasks.create', () =>
      this.#client.tasks.create.mutate({ id, title, priority: 'low' }),
    )
    if (!task) return
    if (task.title !== title || (id !== undefined && task.id !== id)) this.#wrong(`created ${task.title}`)
    this.ledger.revisions++
    this.ledger.made++
    this.#keep(task)
  }

  async #update(id: string): Promise<void> {
    const before = this.ledger.tasks.get(id)
    const ifRevision = this.#random() < 0.5 ? this.#seen.get(id) : undefined
    const title = this.#title()
    const task = await this.#call('tasks.update', () =>
      this.#client.tasks.update.mutate({ id, title, ifRevision }),
    )
    if (!task || !before) return
    this.ledger.revisions++
    this.#keep(task)
    this.#undoable = { revision: task.revision, id, before }
  }

  async #toggle(id: string): Promise<void> {
    const completed = !this.ledger.tasks.get(id)?.completed
    const { complete, reopen } = this.#client.tasks
    const task = await (completed
      ? this.#call('tasks.complete', () => complete.mutate({ id }))
      : this.#call('tasks.reopen', () => reopen.mutate({ id })))
    if (!task) return
    if (task.completed !== completed) this.#wrong(`${id} is completed: ${task.completed}`)
    this.ledger.revisions++
    this.#keep(task)
  }

  async #delete(id: string): Promise<void> {
    const before = this.ledger.tasks.get(id)
    const answer = await this.#call('tasks.delete', () => this.#client.tasks.delete.mutate({ id }))
    if (!answer || !before) return
    if (!answer.deleted) this.#wrong(`${id} was gone before it was deleted`)
    this.ledger.revisions++
    this.ledger.unmade++
    this.#lose(id, before)
  }

  async #reorder(id: string): Promise<void> {
    const other = this.#any(this.ledger.tasks)
    const after = other === id || this.#random() < 0.2 ? null : (other ?? null)
    const seen = this.#seen.get(id) ?? (await this.#client.tasks.get.query({ id })).revision
    const task = await this.#call('tasks.reorder', () => this.#client.tasks.reorder.mutate({ id, after }))
    if (!task) return
    // Where it was in its place already, nothing changes.
    if (task.revision !== seen) this.ledger.revisions++
    this.#keep(task)
  }

  async #bulk(): Promise<void> {
    const ids = [...this.ledger.tasks.keys()].filter(() => this.#random() < 0.2).slice(0, 50)
    const priority = this.#random() < 0.5 ? 'high' : 'medium'
    if (ids.length === 0) return
    const answer = await this.#call('tasks.bulk', () =>
      this.#client.tasks.bulk.mutate({ ids, change: { priority } }),
    )
    if (!answer) return
    if (!answer.results.every(({ ok }) => ok)) this.#wrong(`a bulk change missed some of ${ids.length} tasks`)
    let changed = false
    for (const id of ids) {
      const task = this.ledger.tasks.get(id)
      if (!task || task.priority === priority) continue
      changed = true
      this.ledger.tasks.set(id, { ...task, priority })
      this.#touch(id)
    }
    if (changed) this.ledger.revisions++
  }

  async #undo(): Promise<void> {
    const undoable = this.#undoable
    this.#undoable = undefined
    if (!undoable) return
    const { revision, id, before } = undoable
    const answer = await this.#call('history.undo', () => this.#client.history.undo.mutate({ revision }))
    if (!answer) return
    if (answer.undone !== 1) this.#wrong(`undoing revision ${revision} set back ${answer.undone} tasks`)
    this.ledger.revisions++
    this.ledger.tasks.set(id, before)
    this.#touch(id)
  }

  async #restore(id: string): Promise<void> {
    const before = this.#gone.get(id)
    const task = await this.#call('history.restore', () =>
      this.#client.history.restore.mutate({ entity: 'tasks', id }),
    )
    if (!task || !before || !('title' in task)) return
    if (task.title !== before.title) this.#wrong(`${id} was "${before.title}", came back as "${task.title}"`)
    this.ledger.revisions++
    this.ledger.made++
    this.#gone.delete(id)
    this.#keep(task)
  }

  /** A token that was lost on its way is the same one when it is asked for again, without what nobody keeps. */
  async #token(): Promise<void> {
    const { account } = this.#client
    const asked = {
      name: this.#title(),
      scopes: ['read' as const],
      expiresInDays: 1,
      password: this.#password,
    }
    const made = await this.#call('account.createToken', () => account.createToken.mutate(asked))
    if (!made) return
    if (made.name !== asked.name) this.#wrong(`asked for the token ${asked.name}, got ${made.name}`)
    await this.#call('account.revokeToken', () => account.revokeToken.mutate({ id: made.id }))
  }

  async #organize(taskId: string): Promise<void> {
    await organize({
      client: this.#client,
      ledger: this.ledger,
      taskId,
      name: () => this.#title(),
      call: (procedure, send) => this.#call(procedure, send),
      wrong: (what) => this.#wrong(what),
    })
    this.#touch(taskId)
  }

  #keep({ id, title, priority, completed, revision }: Task): void {
    this.ledger.tasks.set(id, { title, priority, completed })
    this.#touch(id)
    this.#seen.set(id, revision)
  }

  #lose(id: string, before: Content): void {
    this.ledger.tasks.delete(id)
    this.#touch(id)
    this.#gone.set(id, before)
  }

  /** Changed by something whose answer does not say at which revision. */
  #touch(id: string): void {
    this.#seen.delete(id)
    if (this.#undoable?.id === id) this.#undoable = undefined
  }

  async #call<Answer>(procedure: string, send: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      const answer = await send()
      this.ledger.calls.set(procedure, (this.ledger.calls.get(procedure) ?? 0) + 1)
      return answer
    } catch (error) {
      this.#wrong(`${procedure}: ${errorOf(error).reason}`)
      return undefined
    }
  }

  async #refusal(expected: string, send: () => Promise<unknown>): Promise<void> {
    const outcome = await send().then(
      () => 'success',
      (error: unknown) => errorOf(error).reason,
    )
    this.ledger.refusals++
    if (outcome !== expected) this.#wrong(`${outcome} in the place of ${expected}`)
  }

  #wrong(what: string): void {
    this.ledger.wrong.push(`${this.#name}: ${what}`)
  }

  #title(): string {
    return `${this.#name} ${++this.#turn}`
  }

  #any(map: Map<string, unknown>): string | undefined {
    return [...map.keys()][Math.floor(this.#random() * map.size)]
  }
}
