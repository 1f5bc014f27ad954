// When what has just been made stands on the screen.

/** Called when the next frame is painted; what comes back gives it up. */
export function whenPainted(then: () => void): () => void {
  // The frame after this one begins when this one is painted.
  const asked = requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(0);
  });
  return () => {
    cancelAnimationFrame(asked);
  };
}
