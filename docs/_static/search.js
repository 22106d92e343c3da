// On the search page: words are found with and without their accents (the index: handbook/sphinxext/search_accents.py).
const plain = (word) => word.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");

const Accented = window.Stemmer;
window.Stemmer = function () {
  const stemmer = new Accented();
  this.stemWord = (word) => stemmer.stemWord(plain(word));
};

// Sphinx gives a page the points of its best word, and sorts equals by title. Here a page has the mean of all the words
// asked for, more where its own title names them, and more where it does one thing than where it lists many.
const SECTIONS = { tutorial: 1.5, guides: 1.5, explanation: 1.2, about: 0.4 };
const PAGES = { "reference/errors": 1.2, "explanation/heroku-2026": 0.7 };
const weight = (page) => PAGES[page] ?? SECTIONS[page.split("/")[0]] ?? 0.7;
const found = Search.performTermsSearch;
Search.performTermsSearch = (words, excluded) => {
  const stemmer = new Stemmer();
  const named = (title) => title.toLowerCase().split(/[^\p{L}\d]+/u).filter((word) => words.has(stemmer.stemWord(word))).length;
  const sums = {};
  for (const word of words)
    for (const [page, , , , score] of found(new Set([word]), excluded)) sums[page] = (sums[page] ?? 0) + score;
  const results = found(words, excluded);
  for (const result of results) result[4] = (sums[result[0]] / words.size) * weight(result[0]) * (1 + named(result[1]) / words.size);
  return results;
};

// The lines under a result begin near the word as the page spells it, and leave out the language links.
const summary = Search.makeSearchSummary;
Search.makeSearchSummary = (html, words, anchor) => {
  const page = html.replace(/<nav class="languages"[^]*?<\/nav>/, "");
  const text = Search.htmlToText(page, anchor);
  const spelled = [...words].map((word) => text.substr(plain(text.toLowerCase()).indexOf(word), word.length));
  return summary(page, spelled, anchor);
};
