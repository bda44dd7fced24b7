const form = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** A date, or a date and time with its offset, in ISO 8601. */
export function isTime(text: string): boolean {
  if (!form.test(text) || Number.isNaN(Date.parse(text))) return false;
  // The 30th of February is read as the 1st of March.
  const date = text.slice(0, 10);
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}
