import { FilterLogEventsCommand, type FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';

export interface LogDeps {
  logs: { send(command: FilterLogEventsCommand): Promise<FilterLogEventsCommandOutput> };
}

/** The last lines of a log group since a time; none when it cannot be read: whoever asks has a worse trouble to tell of. */
export async function lastLogLines(
  { group, since, most }: { group: string; since: Date; most: number },
  { logs }: LogDeps,
): Promise<string[]> {
  const lines: string[] = [];
  try {
    let nextToken: string | undefined;
    do {
      const page = await logs.send(
        new FilterLogEventsCommand({
          logGroupName: group,
          startTime: since.getTime(),
          ...(nextToken && { nextToken }),
        }),
      );
      lines.push(...(page.events ?? []).flatMap(({ message }) => message?.trimEnd().split('\n') ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
  } catch {
    return lines;
  }
  return lines.filter((line) => line !== '' && !/^(START|END|REPORT) /.test(line)).slice(-most);
}
