// On the search page: words are found with and without their accents (the index: docs/_ext/accents.py).
const plain = (word) => word.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");

const Accented = window.Stemmer;
window.Stemmer = function () {
  const stemmer = new Accented();
  this.stemWord = (word) => stemmer.stemWord(plain(word));
};

// A page counts by the mean of the words asked for, not by the best one: more of them in headings, more to the front.
const found = Search.performTermsSearch;
Search.performTermsSearch = (words, excluded) => {
  const sums = {};
  for (const word of words)
    for (const [page, , , , score] of found(new Set([word]), excluded)) sums[page] = (sums[page] ?? 0) + score;
  const results = found(words, excluded);
  for (const result of results) result[4] = sums[result[0]] / words.size;
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
