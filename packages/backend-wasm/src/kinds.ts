/** What the program's items do; the same numbers as in `assembly/items.ts`. */
export const KIND = { pack: 1, winograd: 2, direct: 3, layOut: 4, filterGradient: 5 } as const;
