/** Where a generation of a table lies in the curated bucket: the first one in `<table>`, the others in `<table>.g<n>`. */
export function generationFolder(table: string, generation = 1): string {
  return generation === 1 ? table : `${table}.g${generation}`;
}
