// The search engine: weighs the words of a question and finds the parts of pages that answer it, best first. It does
// not touch the page that it runs in. Its index is window.searchIndex (handbook/sphinxext/search.py).
"use strict";

const searchEngine = (() => {
  const COMPOUND = /[\p{L}\p{N}]+(?:[._-]+[\p{L}\p{N}]+)*/gu; // requirements.txt, url_quote, psycopg2-binary
  const HUMP = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u; // Module|Not|Found|Error
  const LENGTH = 180; // characters of the line that a result shows

  // [what is particular to one reader's log, what replaces it].
  const READER_SPECIFIC = [
    [/\x1b\[[\d;]*[A-Za-z]/g, ""], // colors
    [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]*(?: ?(?:Z|[+-]\d\d:?\d\d))?/g, " "], // times
    [/\b\d\d:\d\d(?::\d\d)?\b/g, " "],
    [/\b(?:remote: |(?:heroku|app)\[[\w.-]+\]:)/g, " "], // who wrote the line
    [/\[\d+\]|\bpid[ :=]*\d+/gi, " "], // process ids
    [/\b(?:at|method|path|host|request_id|fwd|dyno|connect|service|status|bytes|protocol|sock)=(?:"[^"]*"|\S*)/g, " "],
    [/\bFile "[^"]*", line \d+(?:, in \S+)?/g, " "],
    [/\b([a-z][a-z+]+):\/\/[^\s'")]+/g, " $1 "], // URLs: only the scheme stays
    [/(?:[A-Za-z]:)?(?:[\\/][\w.@+~-]+){2,}[\\/]?/g, " "], // paths
    [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, (ip) => (/^(?:127\.0\.0\.1|0\.0\.0\.0)/.test(ip) ? ip : " ")],
    [/(?:[=<>~!]=|\bv(?=\d))\d[\w.*]*|\b\d+(?:\.\d+){2,}\w*/g, " "], // versions
    [/\b(?:0x)?(?=[a-f]*\d)[0-9a-f]{7,}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}\b/gi, " "], // ids
  ];
  const QUOTED = /(?<!\p{L})(['"`])([^'"`\s]+)\1/gu;

  // Weights, tuned with every second question of tests/site/field-questions.toml and checked with the others.
  const FIELDS = { page: 0.8, title: 2.5, pieces: 0.8 }; // text has 1; pieces: those of compound words in the title
  const LENGTHS = { k: 1.2, b: 0.6, d: 0.5 }; // the parameters of BM25+
  const SYNONYM = 0.5;
  const PIECE = { known: 0.3, unknown: 0.7 }; // a piece of a compound word that is, or is not, on any page
  const BASE_SHARE = 0.3; // added to the share of the question's words that a part matches
  const TITLE = 1.5; // the bonus of a part whose whole title is in the question
  const PAGE = 0.3; // the share of its page's best scores that a part gets
  const TOP = 1.3; // the factor of the first part of a page
  const NO_TEXT_FACTOR = 0.5; // the factor of a heading without text
  const MESSAGES = "reference/errors"; // the page whose titles are messages, such as: no such table: {name}, …
  const SHORTEST = 15; // characters of a message that is looked for as it stands, without its placeholders
  const KINDS = {
    about: 0.4,
    explanation: 1.05,
    guides: 1.15,
    index: 0.5,
    "reference/commands": 0.6,
    "reference/glossary": 0.3,
    "reference/limits": 0.5,
    "reference/variables": 0.8,
    "reference/versions": 0.4,
    tutorial: 1.15,
  };

  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC").toLowerCase();
  const slug = (title) => title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  const unique = (list) => [...new Set(list)];
  const sum = (list, value) => list.reduce((total, one) => total + value(one), 0);
  const compounds = (text) => text.match(COMPOUND) || [];
  const remember = (work) => {
    const known = new Map();
    return (key) => known.get(key) ?? known.set(key, work(key)).get(key);
  };
  // Return the messages of a title that are long enough to be looked for as they stand: [{length, pattern}].
  const messages = (title) =>
    title.split(", ").flatMap((message) => {
      const pieces = message.replace(/…$/, "").split(/\{[a-z]+\}/);
      const length = pieces.join("").length;
      const pattern = pieces.map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join(".+?");
      return length < SHORTEST ? [] : [{ length, pattern: new RegExp(pattern) }];
    });
  // Return the pieces of a compound word, [] for a plain one.
  function pieces(compound) {
    const found = compound.split(/[._-]+/).flatMap((piece) => piece.split(HUMP));
    return found.length > 1 ? found.filter((piece) => piece.length > 1).map(fold) : [];
  }

  // Resolves to {search, excerpt} when the index is built.
  async function create(index, { stemmers, stopWords: silent, synonyms: groups }, MiniSearch) {
    const stopWords = new Set(silent.map(fold));
    const isContentWord = (word) => !stopWords.has(fold(word));
    // Return a word's stems as the index has them: in the language of the page, and in English, the language of logs.
    const stem = remember((word) =>
      /[\d._-]/.test(word) ? [word] : unique(stemmers.map((stemmer) => stemmer.stemWord(word))),
    );
    const forms = remember((compound) => unique([fold(compound), ...pieces(compound)].flatMap(stem)));
    const key = (word) => stem(fold(word))[0];

    const parts = index.parts.title.map((title, id) => {
      const anchor = index.parts.anchor[id] ?? slug(title);
      const text = index.parts.text[id];
      const [path, name] = index.pages[index.parts.page[id]];
      const kind = KINDS[path] ?? KINDS[path.split("/")[0]] ?? 1;
      const weight = kind * (anchor ? 1 : TOP) * (text ? 1 : NO_TEXT_FACTOR);
      const titleKeys = unique(compounds(title).filter(isContentWord).map(key));
      return { id, path, page: name, anchor, title, text, weight, titleKeys };
    });
    const known = parts
      .filter(({ path }) => path === MESSAGES)
      .flatMap(({ id, title }) => messages(title).map((message) => ({ id, ...message })))
      .sort((one, other) => other.length - one.length);
    const mini = new MiniSearch({
      fields: ["page", "title", "pieces", "text"],
      extractField: (part, field) => part[field === "pieces" ? "title" : field],
      tokenize: compounds,
      // "pieces" is a field of its own: LIBRARY counts less as a piece of LD_LIBRARY_PATH than as a word of a title.
      processTerm: (word, field) =>
        field === "title" ? stem(fold(word)) : field === "pieces" ? pieces(word).flatMap(stem) : forms(word),
    });
    // In chunks, so that the page stays responsive. The first part of a page already has the page's title as its own.
    await mini.addAllAsync(parts.map((part) => (part.anchor ? part : { ...part, page: "" })), { chunkSize: 50 });

    // {term: number of parts that have it in any field}. MiniSearch counts by field, where "use" is rare in titles.
    const frequency = new Map();
    for (const { page, title, text } of parts)
      for (const form of new Set([page, title, text].flatMap(compounds).flatMap(forms)))
        frequency.set(form, (frequency.get(form) || 0) + 1);
    const rarity = (term) => {
      const count = frequency.get(term) || 1;
      return Math.log(1 + (parts.length - count + 0.5) / (count + 0.5)) / Math.log(parts.length);
    };

    const synonyms = new Map(); // {keys of one or more words: their synonyms}
    for (const group of groups)
      for (const words of group) {
        const others = group.filter((other) => other !== words);
        const keys = compounds(words).map(key).join(" ");
        synonyms.set(keys, unique([...(synonyms.get(keys) || []), ...others]));
      }
    const longest = Math.max(1, ...[...synonyms.keys()].map((keys) => keys.split(" ").length));

    // Return the terms of a word, {term: weight}, and whether it is vague: perhaps misspelled or incomplete. A word that
    // has synonyms is right, even if no page has it.
    function readWord(word, isQuoted) {
      const stems = stem(fold(word));
      const isKnown = stems.some((form) => frequency.has(form));
      const inner = pieces(word).flatMap(stem).filter((form) => frequency.has(form));
      if (isQuoted && !isKnown) return { terms: {}, vague: false }; // a name from the code of the reader
      const terms = Object.fromEntries(inner.map((form) => [form, isKnown ? PIECE.known : PIECE.unknown]));
      for (const form of stems) terms[form] = 1 / stems.length;
      return { terms, vague: !isKnown && !inner.length && !/\d/.test(word) && !synonyms.has(key(word)) };
    }
    // Return [{term: weight}] of the synonyms of one or more successive words of a question.
    function otherWords(words) {
      const keys = words.map(key);
      const starts = keys.flatMap((_key, start) => Array.from({ length: longest }, (_, more) => [start, start + more + 1]));
      const said = starts.filter(([, end]) => end <= keys.length).map((range) => keys.slice(...range).join(" "));
      return said.flatMap((one) => synonyms.get(one) || []).map((other) => {
        const words = compounds(other).filter(isContentWord).map((word) => stem(fold(word)));
        const terms = words.flatMap((stems) => stems.map((term) => [term, SYNONYM / stems.length / words.length]));
        return Object.fromEntries(terms);
      });
    }
    // Return {words: [{terms, vague}] that count in a question, others: its synonyms, last: stems of its last word}.
    function read(question) {
      const text = READER_SPECIFIC.reduce((rest, replacement) => rest.replace(...replacement), question);
      const quoted = new Set([...text.matchAll(QUOTED)].flatMap((match) => compounds(match[2])));
      const all = compounds(text), contentWords = all.filter(isContentWord);
      const words = (contentWords.length ? contentWords : all).map((word) => readWord(word, quoted.has(word)));
      const last = all.length ? stem(fold(all[all.length - 1])) : [];
      return { words: words.filter(({ terms }) => Object.keys(terms).length), others: otherWords(all), last };
    }

    // Return the parts that answer a question, best first, each with `terms`, its terms that were found. With `typing`,
    // the last word may be incomplete.
    function search(question, typing = false) {
      const { words, others, last } = read(question);
      const weights = new Map();
      for (const terms of [...others, ...words.map(({ terms }) => terms)])
        for (const term in terms) weights.set(term, Math.max(terms[term], weights.get(term) || 0));
      if (!weights.size) return [];
      const vague = new Set(words.filter((word) => word.vague).flatMap(({ terms }) => Object.keys(terms)));
      const results = mini.search([...weights.keys()].join("\n"), {
        tokenize: (text) => text.split("\n"),
        processTerm: (term) => term,
        boost: FIELDS,
        bm25: LENGTHS,
        boostTerm: (term) => weights.get(term) * rarity(term),
        prefix: (term) => vague.has(term) || (typing && last.includes(term)),
        fuzzy: (term) => vague.has(term) && term.length > 3 && (term.length > 6 ? 2 : 1),
      });
      const asked = words.map(({ terms }) => ({ terms: Object.keys(terms), rarity: Math.max(...Object.keys(terms).map(rarity)) }));
      const totalRarity = sum(asked, (word) => word.rarity) || 1;
      const found = results.map(({ id, score, queryTerms, terms }) => {
        const { weight, titleKeys } = parts[id];
        const matched = asked.filter((word) => word.terms.some((term) => queryTerms.includes(term)));
        const share = sum(matched, (word) => word.rarity) / totalRarity;
        const named = sum(titleKeys.filter((word) => weights.has(word)), rarity) / (sum(titleKeys, rarity) || 1);
        const title = 1 + TITLE * named ** 2 * Math.min(1, titleKeys.length / 4); // a short title gets a smaller one
        const total = (score / queryTerms.length) * (BASE_SHARE + share) * title * weight;
        return { ...parts[id], terms: new Set(terms), score: total };
      });
      const exact = known.find(({ pattern }) => pattern.test(question))?.id;
      const isLater = ({ id }) => Number(id !== exact);
      return withPages(found).sort(
        (one, other) => isLater(one) - isLater(other) || other.score - one.score || one.id - other.id,
      );
    }
    // Add a share of its page's three best scores to each part, so that one that is alone on its page comes later.
    function withPages(found) {
      const pages = new Map();
      for (const { path, score } of found) pages.set(path, [...(pages.get(path) || []), score]);
      for (const [path, scores] of pages) {
        const best = scores.sort((one, other) => other - one).slice(0, 3);
        pages.set(path, sum(best, (score) => score) / 3);
      }
      return found.map((one) => ({ ...one, score: one.score + PAGE * pages.get(one.path) }));
    }

    // Return {title, text} as [[words, whether they were found]]: of the title, and of the line with most matches.
    function excerpt({ title, text, terms }) {
      const wasFound = (word) => isContentWord(word) && forms(word).some((form) => terms.has(form));
      const marks = (line) => [...line.matchAll(COMPOUND)].filter(([word]) => wasFound(word));
      const cut = (line, found) => {
        let end = 0;
        const cuts = found.flatMap(({ 0: word, index }) => {
          const before = line.slice(end, index);
          end = index + word.length;
          return [[before, false], [word, true]];
        });
        return [...cuts, [line.slice(end), false]].filter(([words]) => words);
      };
      const value = (found) => new Set(found.map(([word]) => fold(word))).size;
      let [line, found] = text
        .split("\n")
        .map((one) => [one, marks(one)])
        .reduce((best, one) => (value(one[1]) > value(best[1]) ? one : best));
      if (line.length > LENGTH) {
        const start = line.lastIndexOf(" ", Math.max(0, (found[0]?.index ?? 0) - LENGTH / 4)) + 1;
        const shown = line.slice(start, start + LENGTH).replace(/\s\S*$/, "");
        line = (start ? "… " : "") + shown + (start + shown.length < line.length ? " …" : "");
        found = marks(line);
      }
      return { title: cut(title, marks(title)), text: cut(line, found) };
    }
    return { search, excerpt };
  }
  return { create };
})();
