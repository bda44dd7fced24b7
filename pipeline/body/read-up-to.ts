/** All of it, or a little more than `most`. */
export async function readUpTo(
  source: AsyncGenerator<Buffer>,
  most: number,
): Promise<{ first: Buffer; whole: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size <= most) {
    const next = await source.next();
    if (next.done) return { first: joined(chunks), whole: true };
    chunks.push(next.value);
    size += next.value.length;
  }
  return { first: joined(chunks), whole: false };
}

/** The usual body of one chunk is not copied. */
function joined(chunks: Buffer[]): Buffer {
  const [only, ...more] = chunks;
  return only && more.length === 0 ? only : Buffer.concat(chunks);
}
