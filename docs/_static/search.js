// The box of the search: results while one types (a combobox of ARIA 1.2), and the results of the search page.
// The index and the search engine are loaded when a box is first used.
(() => {
  const here = document.currentScript.src;
  const SHOWN = 8, LISTED = 30;
  let loading;

  function load() {
    const script = (name) =>
      new Promise((resolve, reject) => {
        const element = document.createElement("script");
        element.src = new URL(name, here);
        element.onload = resolve;
        element.onerror = reject;
        document.head.append(element);
      });
    const scripts = ["vendor/minisearch.js", "search-language.js", "search-index.js", "search-engine.js"];
    loading ??= Promise.all(scripts.map(script)).then(() =>
      searchEngine.create(window.searchIndex, window.searchLanguage, MiniSearch),
    );
    return loading;
  }

  const address = ({ path, anchor }) =>
    document.documentElement.dataset.content_root + path + DOCUMENTATION_OPTIONS.FILE_SUFFIX + (anchor && `#${anchor}`);

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  // Return a line in which the matches are marked; the pieces are inserted as text, not as HTML.
  const line = (className, pieces) =>
    element("span", { className }, ...pieces.map(([text, marked]) => (marked ? element("mark", {}, text) : text)));

  function link(engine, found) {
    const { title, text } = engine.excerpt(found);
    const made = element("a", { href: address(found) }, line("search-title", title));
    if (found.anchor) made.append(element("span", { className: "search-page-title" }, found.page));
    return [made, text.length ? line("search-line", text) : ""];
  }

  function equip(form, number) {
    const input = form.elements.q, { results, count, none } = form.dataset;
    const list = element("div", { className: "search-found", id: `search-found-${number}`, hidden: true });
    const status = element("div", { className: "search-status" });
    let options = [], active = -1, asked = 0;
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
      const question = input.value, turn = ++asked;
      if (!question.trim()) {
        status.textContent = "";
        return open(false);
      }
      const engine = await load();
      if (turn !== asked) return; // another letter was typed meanwhile
      options = engine.search(question, true).slice(0, SHOWN).map((found, place) => {
        const [option, text] = link(engine, found);
        option.append(text);
        option.id = `${list.id}-${place}`;
        option.tabIndex = -1;
        option.setAttribute("role", "option");
        return option;
      });
      const nothing = element("p", { className: "search-nothing" }, none);
      list.replaceChildren(...options);
      if (!options.length) list.replaceChildren(nothing);
      list.scrollTop = 0;
      status.textContent = options.length ? `${count} ${options.length}` : none;
      choose(-1);
      open(true);
    }

    input.addEventListener("focus", load);
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
        asked++;
      }
    });
    // mousedown must not move the focus: focusout would close the list before the click.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", () => open(false));
    form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || open(false));
  }

  async function answer(page) {
    const question = new URLSearchParams(location.search || location.hash.slice(1)).get("q") || "";
    if (!question.trim()) return;
    for (const form of document.querySelectorAll("form.search-box")) form.elements.q.value = question;
    const summary = page.parentElement.querySelector(".search-summary");
    const engine = await load();
    const found = engine.search(question);
    page.append(...found.slice(0, LISTED).map((one) => element("li", {}, ...link(engine, one))));
    const { count, none } = document.querySelector("form.search-box").dataset;
    summary.textContent = found.length ? `${count} ${Math.min(found.length, LISTED)}` : none;
    page.parentElement.querySelector(".search-places").hidden = found.length > 0;
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
    document.querySelectorAll("form.search-box").forEach(equip);
    const page = document.querySelector("ol.search-results");
    if (page) answer(page);
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
