/* Runs in every page of the journeys, before the page's own scripts, and says on the console what must not be. */
(() => {
  const say = (words) => console.error(`LOOK ${words}`);
  const ENGLISH = /[A-Za-z]{3,}[,;:'’.!?]?\s+[A-Za-z]{2,}/;
  // Files are shown as they are written, and a sentence on what is wrong in one quotes it.
  const SKIP = "script, style, noscript, code, .hash, template, pre, .in-file, textarea.code, textarea[hidden]";
  const NAMED = ["aria-label", "title", "placeholder", "alt", "data-busy", "value"];

  document.addEventListener("securitypolicyviolation", (event) =>
    say(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile || ""}:${event.lineNumber}`));

  function english(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const found = ENGLISH.test(node.data) && !node.parentElement.closest(SKIP);
      if (found) say(`English: ${node.data.trim().slice(0, 120)}`);
    }
    for (const name of NAMED) {
      for (const one of root.querySelectorAll(`[${name}]`)) {
        if (name === "value" && !["submit", "button"].includes(one.type)) continue;
        if (ENGLISH.test(one.getAttribute(name))) say(`English in ${name}: ${one.getAttribute(name).slice(0, 120)}`);
      }
    }
    if (ENGLISH.test(document.title)) say(`English title: ${document.title}`);
  }

  function wide() {
    const root = document.documentElement;
    const more = root.scrollWidth - root.clientWidth;
    if (more <= 0) return;
    const who = Array.from(document.body.querySelectorAll("*"))
      .find((one) => one.getBoundingClientRect().right > root.clientWidth + 0.5 && !one.closest(".vh, .skip"));
    say(`wider than the window by ${more} px: ${who ? who.outerHTML.slice(0, 160) : ""}`);
  }

  const look = () => { if (document.body) { english(document.body); wide(); } };
  window.addEventListener("load", () => setTimeout(look));
  document.addEventListener("htmx:afterSettle", () => setTimeout(look));
})();
