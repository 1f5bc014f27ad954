// Before anything is painted: the colours and the language that were chosen here last, so that nothing flashes.
(function () {
  var root = document.documentElement;
  try {
    var kept = localStorage.getItem("mantine-color-scheme-value");
    var dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
    root.lang = localStorage.getItem("trubka-language") || (/^ru/i.test(navigator.language) ? "ru" : "en");
  } catch (closed) {
    root.setAttribute("data-mantine-color-scheme", "light");
  }
})();
