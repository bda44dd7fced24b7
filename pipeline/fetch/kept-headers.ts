/** What explains a response later: its form, its age, and how much of a rate limit was left. Never cookies or keys. */
const kept = /^(content-type|date|etag|last-modified|expires|(x-)?rate-?limit(-[a-z-]+)?)$/;

export function keptHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => kept.test(name)));
}
