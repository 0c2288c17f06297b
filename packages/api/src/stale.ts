import { AppError } from './errors.ts'

/** A change that found nothing at the revision it asked for: where the row is there, it has moved on. */
export async function refuseStale(
  ifRevision: number | undefined,
  find: () => Promise<object | undefined>,
): Promise<void> {
  const current = ifRevision === undefined ? undefined : await find()
  if (current) throw new AppError('REVISION_CONFLICT', { current })
}
