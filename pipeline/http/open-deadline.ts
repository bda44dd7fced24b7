/** A signal with an end of its own, which costs nothing once it is closed. */
export interface Deadline {
  signal: AbortSignal;
  close: () => void;
}

/**
 * Aborts after so many milliseconds with a TimeoutError, or when `parent` does. AbortSignal.timeout and AbortSignal.any would
 * be kept until their time is over, thousands of them where pages follow one another quickly.
 */
export function openDeadline(parent: AbortSignal, ms: number): Deadline {
  const controller = new AbortController();
  const end = (): void => controller.abort(parent.reason);
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`no end within ${ms} ms`, 'TimeoutError'));
  }, ms);
  if (parent.aborted) end();
  else parent.addEventListener('abort', end, { once: true });
  return {
    signal: controller.signal,
    close: () => {
      clearTimeout(timer);
      parent.removeEventListener('abort', end);
    },
  };
}
