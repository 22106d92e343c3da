// The language links keep the reader's place on the page (and what is searched for), and the choice is remembered for the root page.
document.addEventListener("click", (event) => {
  const link = event.target.closest("nav.languages a");
  if (!link) return;
  link.search = location.search;
  link.hash = location.hash;
  localStorage.setItem("language", link.hreflang);
});

// The tables of old sources show only the rows with the words and the verdict that are asked for.
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
  form.classList.remove("waits");
  filter();
});
