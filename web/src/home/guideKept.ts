/** Under which name this browser remembers that the three steps were put away. */
export const guideKept = (account: number): string => `trubka-guide.${String(account)}`;
