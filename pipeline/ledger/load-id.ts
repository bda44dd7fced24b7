/** Load ids sort by the time they were made at: `20261121T100500123Z-<nonce>`. */
export function loadId(createdAt: Date, nonce: string): string {
  return `${loadStamp(createdAt)}-${nonce}`;
}

/** Greater than the id of any load before that time. */
export function loadStamp(time: Date): string {
  return time.toISOString().replaceAll(/[-:.]/g, '');
}
