// The box of the search: results while one types (a combobox of ARIA 1.2), and the results of the search page.
// The index and the search engine are loaded when a box is first used.
(() => {
  const here = document.currentScript.src;
  const SHOWN = 8, LISTED = 30;
  const SCRIPTS = ["vendor/minisearch.js", "search-language.js", "search-index.js", "search-engine.js"];
  let creating;

  async function load() {
    await Promise.all(SCRIPTS.map((name) => loadScript(new URL(name, here))));
    return (creating ??= searchEngine.create(window.searchIndex, window.searchLanguage, MiniSearch));
  }

  const address = ({ path, anchor }) =>
    document.documentElement.dataset.content_root + path + DOCUMENTATION_OPTIONS.FILE_SUFFIX + (anchor && `#${anchor}`);

  // Return a line in which the matches are marked; the pieces are inserted as text, not as HTML.
  const mark = ([text, marked]) => (marked ? makeElement("mark", {}, text) : text);
  const line = (className, pieces) => makeElement("span", { className }, ...pieces.map(mark));

  function link(engine, found) {
    const { title, text } = engine.excerpt(found);
    const made = makeElement("a", { href: address(found) }, line("search-title", title));
    if (found.anchor) made.append(makeElement("span", { className: "search-page-title" }, found.page));
    return [made, text.length ? line("search-line", text) : ""];
  }

  function initialize(form, index) {
    const input = form.elements.q, { results, count, none, failed } = form.dataset;
    const list = makeElement("div", { className: "search-found", id: `search-found-${index}`, hidden: true });
    const status = makeElement("div", { className: "search-status" });
    let options = [], active = -1, requestNumber = 0;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", results);
    status.setAttribute("role", "status");
    form.append(list, status);
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

    function open(is) {
      list.hidden = !is;
      input.setAttribute("aria-expanded", String(is));
      if (!is) choose(-1);
    }
    function choose(index) {
      active = index;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
      if (active < 0) input.removeAttribute("aria-activedescendant");
      else {
        input.setAttribute("aria-activedescendant", options[active].id);
        options[active].scrollIntoView({ block: "nearest" });
      }
    }
    async function update() {
      const question = input.value, number = ++requestNumber;
      if (!question.trim()) {
        status.textContent = "";
        return open(false);
      }
      const engine = await load().catch(() => null);
      if (number !== requestNumber) return; // another letter was typed meanwhile
      const found = engine ? engine.search(question, true).slice(0, SHOWN) : [];
      const nothing = engine ? none : failed;
      options = found.map((one, place) => {
        const [option, text] = link(engine, one);
        option.append(text);
        option.id = `${list.id}-${place}`;
        option.tabIndex = -1;
        option.setAttribute("role", "option");
        return option;
      });
      list.replaceChildren(...options);
      if (!options.length) list.replaceChildren(makeElement("p", { className: "search-nothing" }, nothing));
      list.scrollTop = 0;
      status.textContent = options.length ? `${count} ${options.length}` : nothing;
      choose(-1);
      open(true);
    }

    input.addEventListener("focus", () => load().catch(() => {})); // update() says it
    input.addEventListener("input", update);
    input.addEventListener("keydown", (event) => {
      const steps = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in steps && input.value.trim()) {
        event.preventDefault();
        if (list.hidden) update();
        else if (options.length) {
          const places = options.length + 1; // one more: no option, the box itself
          choose(((active + 1 + steps[event.key] + places) % places) - 1);
        }
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        options[active].click();
      } else if (event.key === "Escape") {
        event.preventDefault();
        if (list.hidden) input.value = "";
        open(false);
        requestNumber++;
      }
    });
    // mousedown must not move the focus: focusout would close the list before the click.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", () => open(false));
    form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || open(false));
  }

  async function showResults(list) {
    const question = new URLSearchParams(location.search || location.hash.slice(1)).get("q") || "";
    if (!question.trim()) return;
    for (const form of document.querySelectorAll("form.search-box")) form.elements.q.value = question;
    const summary = list.parentElement.querySelector(".search-summary");
    const engine = await load().catch(() => null);
    const found = engine ? engine.search(question) : [];
    list.append(...found.slice(0, LISTED).map((one) => makeElement("li", {}, ...link(engine, one))));
    const { count, none, failed } = document.querySelector("form.search-box").dataset;
    const nothing = engine ? none : failed;
    summary.textContent = found.length ? `${count} ${Math.min(found.length, LISTED)}` : nothing;
    list.parentElement.querySelector(".search-places").hidden = found.length > 0;
  }

  // "/" and Ctrl+K focus the box on the page, or else that of the sidebar, which is opened if a narrow screen hides it.
  function focus() {
    const inputs = [...document.querySelectorAll("article form.search-box input, form.search-box input")];
    const seen = (input) => input.checkVisibility() && input.getBoundingClientRect().right > 0;
    let input = document.querySelector("article form.search-box input") || inputs.find(seen);
    if (!input) {
      document.getElementById("__navigation").checked = true;
      [input] = inputs;
    }
    input.focus();
    input.select();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form.search-box").forEach(initialize);
    const list = document.querySelector("ol.search-results");
    if (list) showResults(list);
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, textarea, select, [contenteditable]");
      const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (slash || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey)) {
        event.preventDefault();
        focus();
      }
    });
  });
})();
