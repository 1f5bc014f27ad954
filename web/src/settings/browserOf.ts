// Which browser and system a User-Agent means, in the words that people use.
const BROWSERS: [RegExp, string][] = [
  [/YaBrowser\/(\d+)/, "Yandex Browser"],
  [/Edg(?:e|A|iOS)?\/(\d+)/, "Edge"],
  [/OPR\/(\d+)/, "Opera"],
  [/(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/(?:Chrome|CriOS|HeadlessChrome)\/(\d+)/, "Chrome"],
  [/Version\/(\d+).*Safari/, "Safari"],
  [/^(?:python-)?httpx?\/(\d+)/i, "httpx"],
  [/^curl\/(\d+)/, "curl"],
];
const SYSTEMS: [RegExp, string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux|X11/, "Linux"],
];

export function browserOf(agent: string): { browser: string; system: string } {
  const browser = BROWSERS.map(([pattern, name]) => {
    const found = pattern.exec(agent);
    return found ? `${name} ${found[1] ?? ""}`.trim() : "";
  }).find((name) => name !== "");
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
  return { browser: browser ?? "", system: system ?? "" };
}
