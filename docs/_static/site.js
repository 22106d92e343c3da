// The language links keep the reader's place on the page, and the choice is remembered for the root page.
document.addEventListener("click", (event) => {
  const link = event.target.closest("nav.languages a");
  if (!link) return;
  localStorage.setItem("language", link.hreflang);
  link.hash = location.hash;
});

// A block of code that scrolls sideways can be reached and scrolled with the keyboard.
document.addEventListener("DOMContentLoaded", () => {
  for (const block of document.querySelectorAll(".highlight pre")) block.tabIndex = 0;
});
