// Back to whoever asked. With mode=post_message the window that opened us is told, and ours closes, as amoCRM does.
export function leave(redirect: string, mode: string | undefined): void {
  const opener = window.opener as Window | null;
  if (mode !== "post_message" || !opener) {
    location.assign(redirect);
    return;
  }
  const url = new URL(redirect);
  opener.postMessage(told(url), url.origin);
  window.close();
}

/** What the opener hears: the parameters of the way back, as one object. */
export function told(url: URL): Record<string, string> {
  return { ...Object.fromEntries(url.searchParams), redirect: url.href };
}
