// Whether the result window opens by itself, in this browser.
const NAME = "trubka-result-window";

export const opensByItself = (): boolean => localStorage.getItem(NAME) !== "by-key";

export function openByItself(yes: boolean): void {
  if (yes) localStorage.removeItem(NAME);
  else localStorage.setItem(NAME, "by-key");
}
