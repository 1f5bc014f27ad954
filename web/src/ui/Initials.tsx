// A person's or company's mark: initials on one of a few quiet colours, the same for the same name.
import type { CSSProperties } from "react";
import css from "./Initials.module.css";

const HUES = [228, 160, 28, 345, 265, 195, 80];

export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters
    .map((word) => Array.from(word ?? "")[0] ?? "")
    .join("")
    .toUpperCase();
}

function hue(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return HUES[sum % HUES.length] ?? 228;
}

export function Initials({
  name,
  size = 28,
  square = false,
}: {
  name: string;
  size?: number;
  square?: boolean;
}) {
  const style = {
    width: size,
    height: size,
    fontSize: size * 0.39,
    borderRadius: square ? 6 : "50%",
    "--hue": hue(name),
  } as CSSProperties;
  return (
    <span className={css.mark} style={style} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
