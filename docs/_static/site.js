// What search.js and log-box.js need: an element with its properties and children.
function makeElement(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// Resolves when a script is loaded, which happens once; if it could not be, the next call requests it again.
const loadScript = (() => {
  const loaded = new Map(); // {URL: promise}
  return (url) => {
    if (!loaded.has(url.href)) {
      const loading = new Promise((resolve, reject) => {
        document.head.append(makeElement("script", { src: url, onload: resolve, onerror: reject }));
      });
      loading.catch(() => loaded.delete(url.href));
      loaded.set(url.href, loading);
    }
    return loaded.get(url.href);
  };
})();

// Return the result of an action; [] where it fails, as with localStorage that the browser does not allow.
function attempt(action) {
  try {
    return action();
  } catch {
    return [];
  }
}

// The language links keep the reader's place on the page (and what is searched for), and the choice is remembered for the root page.
document.addEventListener("click", (event) => {
  const link = event.target.closest("nav.languages a");
  if (!link) return;
  link.search = location.search;
  link.hash = location.hash;
  attempt(() => { localStorage.language = link.hreflang; });
});

// The form above the tables of old sources hides the rows without its words or its verdict.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.filter");
  if (!form) return;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const [words, verdict, count] = form.elements;
  const rows = [...document.querySelectorAll("table.sources tbody tr")].map((row) => [row, plain(row.textContent)]);
  const filter = () => {
    const wanted = plain(words.value).split(/\s+/);
    for (const [row, text] of rows) {
      const judged = !verdict.value || row.cells[2].textContent.trim() === verdict.value;
      row.hidden = !(judged && wanted.every((word) => text.includes(word)));
    }
    count.value = `${rows.filter(([row]) => !row.hidden).length} / ${rows.length}`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.classList.remove("needs-script");
  filter();
});

// Tabs: what a reader chose is open on every page that offers it; a link into a closed tab opens that tab.
document.addEventListener("DOMContentLoaded", () => {
  const inputs = [...document.querySelectorAll(".tab-set > input")];
  const name = (input) => input.nextElementSibling.textContent;
  const open = (wanted) => inputs.filter((input) => name(input) === wanted).forEach((input) => { input.checked = true; });
  const chosen = () => attempt(() => [...JSON.parse(localStorage.tabs)]); // the latest choice last
  chosen().forEach(open);
  for (const input of inputs) {
    input.addEventListener("change", () => {
      open(name(input));
      attempt(() => {
        localStorage.tabs = JSON.stringify([...chosen().filter((other) => other !== name(input)), name(input)]);
      });
    });
  }
  const follow = () => {
    const [aim] = attempt(() => [document.getElementById(decodeURIComponent(location.hash.slice(1)))]);
    const tab = aim && aim.closest(".tab-content");
    if (!tab) return;
    tab.previousElementSibling.previousElementSibling.checked = true;
    aim.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  follow();
});
