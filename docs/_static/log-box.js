// "Paste your log": finds the known messages in a log, the cause first. handbook/known_errors.py does the same in
// Python; a test compares them. The only request is for known-errors.js, and it sends nothing of the log.
"use strict";

const logBox = (() => {
  const LONGEST = 5_000_000; // characters of a log that are read; of a longer one, only its end
  const MAX_HITS = 500; // matches of one pattern that are examined; of more, only the last
  const MAX_CONTEXT = 2000; // characters of a line that are read on each side of a match
  const MAX_PLACEHOLDER = 200; // characters that a placeholder matches at most
  const KINDS = ["cause", "symptom", "headline", "warning", "advice"];
  const RUN_START =
    /Building source:|Starting process with command|State changed from \w+ to starting|Starting gunicorn|\*\*\* Starting uWSGI|Traceback \(most recent call last\):/g;
  const CHAINED_TRACEBACK = /another exception occurred:|direct cause of the following exception:/;
  const CHAIN_LOOKBACK = 300; // characters before a traceback in which CHAINED_TRACEBACK is looked for
  const SHOWN = 8, LINE = 300;
  const MAX_INSERTED = 10_000; // characters; a longer text that is pasted replaces the content of the field
  const MAX_FIELD_LENGTH = 50_000; // characters of a log that the field keeps: more lines would freeze the page
  const ANSI_ESCAPE = /\x1b\[[0-9;?]*[ -/]*[@-~]/g;
  // What `heroku logs` and a push write before each line that a program prints.
  const LINE_PREFIX = /^\s*(?:remote:)?\s*(?:\d{4}-\d\d-\d\dT\S+\s+)?(?:(?:app|heroku)\[[\w.-]+\]:)?[\s!]*(?:\[[\d :+.,-]+\]\s*)?(?:\[\d+\]\s*)?/;
  const SOUNDS_BAD = /error|exception|fail|fatal|refused|denied|not found|cannot|can't|could not|couldn't|unable|invalid|missing|killed/i;

  const clean = (log) => log.replace(ANSI_ESCAPE, "").replace(/\r\n?/g, "\n").replaceAll("\0", "");

  // Return whether a line has the pieces of a pattern in order, the first at start, and some text in each placeholder.
  function has(line, pieces, start) {
    let end = start + pieces[0].length;
    for (const piece of pieces.slice(1)) {
      const at = piece ? line.indexOf(piece, end + 1) : end + 1;
      if (at < 0 || at > line.length || at - end > MAX_PLACEHOLDER) return false;
      end = at + piece.length;
    }
    return true;
  }

  // Return the known messages of a log, [{entry, line}], sorted by kind, the cause first; then by the RUN_START that
  // they follow, the last first; then by place. Each entry counts once; of several on a line, the longest pattern.
  function recognize(log, known) {
    const text = clean(log.slice(-LONGEST));
    const lines = new Map();
    for (const entry of known)
      for (const pieces of entry.patterns) {
        const length = pieces.join("").length;
        const hits = [];
        const { length: step } = pieces[0];
        for (let at = text.indexOf(pieces[0]); at >= 0; at = text.indexOf(pieces[0], at + step)) hits.push(at);
        for (const at of hits.slice(-MAX_HITS)) {
          const from = Math.max(0, at - MAX_CONTEXT);
          const place = from + text.slice(from, at).lastIndexOf("\n") + 1;
          const line = text.slice(place, at) + text.slice(at, at + MAX_CONTEXT).split("\n", 1)[0];
          if (length > (lines.get(place)?.length ?? 0) && has(line, pieces, at - place))
            lines.set(place, { entry, line, place, length, kind: KINDS.indexOf(entry.kind) });
        }
      }
    const starts = [...text.matchAll(RUN_START)]
      .map(({ index }) => index)
      .filter((index) => !CHAINED_TRACEBACK.test(text.slice(Math.max(0, index - CHAIN_LOOKBACK), index)));
    const order = [...lines.values()].sort((one, other) => one.place - other.place);
    let begun = 0;
    for (const match of order) {
      while (begun < starts.length && starts[begun] <= match.place + match.line.length) begun++;
      match.begun = begun;
    }
    order.sort((one, other) => other.begun - one.begun || one.place - other.place);
    const ids = order.map(({ entry }) => entry.id);
    return order.filter(({ entry }, place) => ids.indexOf(entry.id) === place).sort((one, other) => one.kind - other.kind);
  }

  // Return the line to look up if a log has no known message: the last that matches SOUNDS_BAD, or else the last.
  function findLineToLookUp(log) {
    const raw = clean(log.slice(-LONGEST)).split("\n").slice(-5000);
    const lines = raw.map((line) => line.replace(LINE_PREFIX, "").trim()).filter(Boolean);
    return (lines.findLast((line) => SOUNDS_BAD.test(line.slice(0, LINE))) ?? lines[lines.length - 1] ?? "").slice(0, LINE);
  }

  return { recognize, findLineToLookUp, LINE_PREFIX, MAX_FIELD_LENGTH, LINE, LONGEST, MAX_INSERTED, SHOWN };
})();

// The form on the page.
(() => {
  const here = document.currentScript.src;
  const load = async () => {
    await loadScript(new URL("known-errors.js", here));
    return window.knownErrors.map(([id, kind, patterns, title, causes]) => ({ id, kind, patterns, title, causes }));
  };

  function initialize(form) {
    const { page, search, cause, others, nothing, look, cut, kept, failed } = form.dataset;
    const area = form.querySelector("textarea"), answer = form.querySelector(".log-box-found");
    const item = ({ entry, line }) => {
      const shown = line.replace(logBox.LINE_PREFIX, "").trim().slice(0, logBox.LINE);
      // The HTML is that of the errors page, so its links are relative to that page; it has nothing of the log.
      const causes = makeElement("div", { innerHTML: entry.causes });
      for (const link of causes.querySelectorAll("a[href]"))
        link.href = new URL(link.getAttribute("href"), new URL(page, document.baseURI));
      const link = makeElement("a", { href: `${page}#${entry.id}`, innerHTML: entry.title });
      return makeElement("li", {}, link, makeElement("pre", { dir: "auto", tabIndex: 0 }, shown), causes);
    };
    const list = (label, matches) => [
      makeElement("p", {}, makeElement("strong", {}, label)),
      makeElement("ul", {}, ...matches.map(item)),
    ];
    // The line follows a "#", so that the browser does not send it to the server either.
    const lookUp = (line) => {
      const href = `${search}#${new URLSearchParams({ q: line })}`;
      return makeElement("p", {}, `${look} `, makeElement("a", { href, dir: "auto" }, line));
    };

    let latest;
    async function read(log) {
      latest = log;
      if (!log.trim()) return answer.replaceChildren();
      const known = await load().catch(() => null);
      if (log !== latest) return; // more was pasted meanwhile
      if (!known) return answer.replaceChildren(makeElement("p", {}, failed));
      const [first, ...rest] = logBox.recognize(log, known);
      const line = logBox.findLineToLookUp(log);
      const found = first ? list(cause, [first]) : [makeElement("p", {}, nothing)];
      if ((!first || first.entry.kind !== "cause") && line) found.push(lookUp(line));
      if (rest.length) found.push(...list(others, rest.slice(0, logBox.SHOWN)));
      const note = log.length > logBox.LONGEST ? cut : log.length > logBox.MAX_FIELD_LENGTH ? kept : "";
      if (note) found.push(makeElement("p", {}, note));
      answer.replaceChildren(...found);
    }
    // Read a whole log, but put only its end into the field: the browser takes minutes to insert some thousand lines.
    function replaceLog(log) {
      area.value = log.slice(-logBox.MAX_FIELD_LENGTH);
      read(log);
    }
    area.addEventListener("focus", () => load().catch(() => {})); // read() says it
    area.addEventListener("input", () => read(area.value));
    area.addEventListener("paste", (event) => {
      const log = event.clipboardData.getData("text");
      if (log.length <= logBox.MAX_INSERTED) return;
      event.preventDefault();
      replaceLog(log);
    });
    area.addEventListener("drop", async (event) => {
      const [file] = event.dataTransfer.files;
      if (!file) return;
      event.preventDefault();
      replaceLog(await file.slice(-logBox.LONGEST - 1).text());
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.classList.remove("needs-script");
    if (area.value) read(area.value); // the browser has restored an earlier text
  }
  for (const form of document.querySelectorAll("form.log-box")) initialize(form);
})();
