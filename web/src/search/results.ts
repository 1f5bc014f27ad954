// What a search found, as rows in the order in which they are shown.
export const KINDS = ["contacts", "companies", "leads", "customers"] as const;
export type Kind = (typeof KINDS)[number];

export interface Found {
  kind: Kind;
  id: number;
  name: string;
  more: string;
}

export interface Results {
  found: {
    entity: Kind;
    id: number;
    name: string;
    phone: string | null;
    email: string | null;
    price: number | null;
  }[];
}

export function rowsOf(results: Results, money: (sum: number) => string): Found[] {
  return results.found.map((each) => ({
    kind: each.entity,
    id: each.id,
    name: each.name,
    more: each.phone ?? each.email ?? (each.price === null || each.price === 0 ? "" : money(each.price)),
  }));
}
