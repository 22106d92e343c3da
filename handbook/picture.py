"""`make picture`: the front page as README.md shows it: docs/_pictures/front-page.png."""

from handbook.books import launch_chromium
from handbook.paths import ROOT, SITE

PICTURE = ROOT / "docs" / "_pictures" / "front-page.png"


def main() -> None:
    with launch_chromium() as browser:
        page = browser.new_page(viewport={"width": 800, "height": 620}, color_scheme="light")
        page.goto((SITE / "en" / "index.html").as_uri())
        page.screenshot(path=PICTURE)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
