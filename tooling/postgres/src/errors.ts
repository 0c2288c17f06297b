/** Something a person has to put right. The message is all they need; a stack would only hide it. */
export class LaunchError extends Error {
  override name = 'LaunchError'
}

export class AlreadyRunningError extends LaunchError {
  override name = 'AlreadyRunningError'

  constructor(holder: { pid: number; url?: string }) {
    const where = holder.url ? ` at ${holder.url}` : ''
    super(
      `Ownlist is already running (process ${holder.pid})${where}. ` +
        'Stop it first, or set DATA_DIR and PORT to run a second one.',
    )
  }
}

export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
