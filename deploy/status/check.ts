/** What `doctor` says of one thing. */
export interface Check {
  group: 'account' | 'source';
  state: 'OK' | 'WARN' | 'FAIL';
  /** Of what it is: the same word wherever it is told of. */
  name: string;
  what: string;
  /** The command to go on with. */
  fix?: string;
}

export type Finding = Omit<Check, 'group' | 'name'>;

/** One line for each thing that is out of the ordinary; one for all where none is. */
export function judgeEach<Item>(
  about: Pick<Check, 'group' | 'name'>,
  items: readonly Item[],
  { judge, fine }: { judge: (item: Item) => Finding | undefined; fine: string },
): Check[] {
  const found = items.flatMap((item) => judge(item) ?? []);
  const findings: Finding[] = found.length > 0 ? found : [{ state: 'OK', what: fine }];
  return findings.map((finding) => ({ ...about, ...finding }));
}
