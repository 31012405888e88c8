/** The most items that the service puts on a page. */
const pageSize = 100;

/** A page of a list, and how many items there are on all pages. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** The items of all pages of a list; a request for each hundred. */
export async function allPages<Item>(
  request: (page: readonly (readonly [name: string, value: string])[]) => Promise<Page<Item>>,
): Promise<Item[]> {
  const found: Item[] = [];
  for (;;) {
    const { items, total } = await request([
      ["start_number", `${found.length}`],
      ["limit", `${pageSize}`],
    ]);
    found.push(...items);
    if (items.length === 0 || found.length >= total) return found;
  }
}
