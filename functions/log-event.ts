/**
 * One JSON line per effect on standard output. Not `console.info(object)`: Lambda wraps that in an envelope and the
 * local AWS prints it as text, so that no metric filter could match in both. `timestamp` and `level` are the fields that
 * Lambda's own JSON logs filter by.
 */
export function logEvent(
  event: string,
  fields: Record<string, unknown>,
  level: 'INFO' | 'WARN' | 'ERROR' = 'INFO',
): void {
  process.stdout.write(
    `${JSON.stringify({ timestamp: new Date().toISOString(), level, event, ...fields })}\n`,
  );
}
