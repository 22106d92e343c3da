# `make` alone lists the targets. CI runs the same ones.

PYTHON ?= python3
BIN := .venv/bin
LANGUAGES := en $(notdir $(patsubst %/.,%,$(wildcard locale/*/.)))
# `python -m` puts this folder first in sys.path, so its package handbook/ comes before an installed one.
SPHINX := $(BIN)/python -m sphinx -c . -W -n --keep-going -q
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help html books picture pseudo test serve check check-facts record anchors bench mutate try practice po translate language english requirements format linkcheck clean page run-checks tools-check tools servers loader cli

# PAGE is a page by its slug, everywhere: make test PAGE=gunicorn. IN is a language: make serve IN=es.
# With PAGE, findings in other languages are only reported, because a page can be tested before it is translated.
CHECK_ARGUMENTS = $(if $(PAGE),--page $(PAGE)) $(if $(or $(IN),$(PAGE)),--in $(or $(IN),en))

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The sources of the English pages, and those of all pages.
ENGLISH_SOURCES = conf.py docs handbook snippets
PAGE_SOURCES = $(ENGLISH_SOURCES) locale tests package.json package-lock.json $(wildcard _build/passed _build/books)

# $(call changed_since,STAMP,PATHS) is "always", a target that is never up to date, if anything below the paths is newer
# than the stamp. The files are no prerequisites themselves: make would split a name at its space. Folders count, because
# a folder changes when a file in it is deleted; below locale/ they do not, because Sphinx writes *.mo there.
NOT_SOURCES = .git .venv node_modules _build .*_cache __pycache__ .DS_Store *~ *.sw? .\#*
changed_since = $(shell [ -e $(1) ] && [ -z "$$(find $(2) $(foreach name,$(NOT_SOURCES),-name '$(name)' -prune -o) \
    -name '*.mo' -o -path '*locale/*' -type d -o -newer $(1) -print -quit 2>/dev/null)" ] || echo always)

html: _build/built ## Build the site in every language, into _build/html
	@echo "Open _build/html/index.html, or one language: $(LANGUAGES:%=_build/html/%/index.html)"

# _build/built is dated to the start of the build: what changes meanwhile is newer. A deleted site is built again.
INDEXES = _build/html/index.html $(LANGUAGES:%=_build/html/%/index.html)
_build/built: .venv/ready _build/site-url $(call changed_since,_build/built,$(PAGE_SOURCES)) \
    $(if $(filter-out $(wildcard $(INDEXES)),$(INDEXES)),always)
	@$(BIN)/python -m handbook.checks --sources
	@mkdir -p _build && touch _build/begun
	@$(MAKE) --no-print-directory --jobs=2 $(LANGUAGES:%=_build/html/%)
	@$(BIN)/python -m handbook.site_files _build/html
	@mv _build/begun $@

# The front page links to the books if _build/books exists; it is deleted if the books cannot be made.
books: .venv/ready tools ## Make the PDF and the EPUB of each language, and a zip of the site, into _build/html/books
	@mkdir -p _build/books
	@$(MAKE) --no-print-directory html
	@$(BIN)/python -m handbook.books || { rm -r _build/books _build/built; exit 1; }

picture: html tools ## Take the picture of the front page that README.md shows
	@$(BIN)/python -m handbook.picture

# This rule always runs, but writes the file only if SITE_URL or the repository has changed since the last build.
ADDRESSES = $(SITE_URL) $(or $(REPOSITORY_URL),$(GITHUB_REPOSITORY),$(READTHEDOCS_GIT_CLONE_URL))
.PHONY: always
_build/site-url: always
	@mkdir -p _build && echo "$(ADDRESSES)" | cmp --quiet - $@ || echo "$(ADDRESSES)" >$@

# These rules always run, because Sphinx itself knows which pages changed.
.PHONY: $(LANGUAGES:%=_build/html/%)
$(LANGUAGES:%=_build/html/%): _build/html/%:
	@echo "Building $@"
	@$(SPHINX) docs $@ -d _build/doctrees/$* -D language=$*

pseudo: _build/pseudo/built ## Build a language of accents, in which the tests find what cannot be translated
	@:

_build/pseudo/built: .venv/ready $(call changed_since,_build/pseudo/built,$(PAGE_SOURCES))
	@echo "Building _build/pseudo"
	@mkdir -p _build/pseudo && touch _build/pseudo/begun
	@$(BIN)/python -m handbook.translation.pseudolocale
	@# -E reads all pages again: otherwise a page that links to a title is not written again when the title changes.
	@$(SPHINX) -E docs _build/pseudo/html -d _build/doctrees/pseudo -D language=en_XA -D locale_dirs=../_build/pseudo/locale
	@mv _build/pseudo/begun $@

ifdef PAGE
test: page html tools-check english
	@$(BIN)/python -m handbook.checks $(CHECK_ARGUMENTS)
	@echo "Testing $(PAGE); the first run makes the environments of its snippets"
	@$(BIN)/python -m pytest -n2 --page=$(PAGE)
else
test: override IN =
test: html pseudo tools servers loader cli check ## Run all checks and tests; those of one page, in a minute: make test PAGE=gunicorn
	@echo "Testing on every core; the first run makes the snippets' environments"
	@# The fingerprints are taken before the tests: a file that changes meanwhile has not passed.
	@$(BIN)/python -m handbook.sphinxext.tested_footer > _build/testing
	@$(BIN)/python -m pytest
	@mv _build/testing _build/passed
endif

# All checks run again only when a file has changed since they passed; those of one page or language always run.
CHANGED_SINCE_CHECKED := $(call changed_since,_build/checked,.)
check: $(if $(PAGE),page) tools-check english $(if $(PAGE)$(IN),run-checks,_build/checked) ## Check pages, translations and Python files, in seconds; English alone: make check IN=en
	@$(if $(PAGE)$(IN)$(CHANGED_SINCE_CHECKED),,echo "Checks: no problems, and nothing has changed since")

_build/checked: $(CHANGED_SINCE_CHECKED) | tools-check english
	@touch _build/checking
	@$(MAKE) --no-print-directory run-checks
	@mv _build/checking $@

run-checks:
	@$(BIN)/ruff format --quiet --check . || { echo "These files are not formatted: make format" >&2; $(BIN)/ruff format --check . | grep Would >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m handbook.checks $(CHECK_ARGUMENTS)

page: .venv/ready ## Say whether a page has this slug: make page PAGE=gunicorn
	@$(BIN)/python -m handbook.checks.slugs "$(PAGE)"

check-facts: .venv/ready ## List what has a newer version outside, and the facts that nobody has checked for 180 days
	@$(BIN)/python -m handbook.checks.facts

# APP and CONFIG are read from the environment: a path may have spaces. make exits with 2 if the app has findings, too;
# `python -m handbook.tryout ../my-app` then exits with 1, and with 2 only if it could not be used.
try: .venv/ready ## Build and start your own app as Heroku would: make try APP=../my-app; CONFIG=file, FORMAT=json
	@$(BIN)/python -m handbook.tryout --config "$$CONFIG" --format "$(or $(FORMAT),text)" -- "$$APP"

serve: .venv/ready ## Rebuild and reload on save; another language: make serve IN=es
	@$(BIN)/python -m handbook.translation.translate require "$(SERVE_LANGUAGE)"
	@$(BIN)/sphinx-autobuild -c . docs _build/serve/$(SERVE_LANGUAGE) \
	    -d _build/doctrees/serve-$(SERVE_LANGUAGE) -D language=$(SERVE_LANGUAGE) \
	    --watch snippets --watch locale --ignore '*.mo' --port 0 --open-browser
SERVE_LANGUAGE = $(or $(IN),en)

po: english ## Bring the catalogues of locale/ up to date with the English
	@$(BIN)/python -m handbook.translation.catalogues

translate: po ## Show what is not translated: make translate IN=es; of one page: make translate IN=es PAGE=uwsgi
	@$(BIN)/python -m handbook.translation.translate show "$(IN)" "$(PAGE)"

language: .venv/ready ## Begin another language: make language IN=pt_BR
	@$(BIN)/python -m handbook.translation.translate begin "$(IN)"
	@$(MAKE) --no-print-directory po

english: _build/gettext/built ## Collect the English sentences, for `make po` and `make check`
	@:

_build/gettext/built: .venv/ready $(call changed_since,_build/gettext/built,$(ENGLISH_SOURCES))
	@echo "Collecting the English sentences"
	@mkdir -p _build/gettext && touch _build/gettext/begun
	@find _build/gettext -name '*.pot' -delete
	@$(SPHINX) -b gettext docs _build/gettext -d _build/doctrees/gettext -E
	@mv _build/gettext/begun $@

record: html tools servers cli ## Run the commands of the transcripts, and write down what they show
	@RECORD=1 $(BIN)/python -m pytest -k 'test_a_guide_ends or test_the_guide_to_stop or test_the_session'
	@git diff --stat -- 'snippets/*.console'

bench: .venv/ready loader ## Measure workers and threads of each server, in five minutes in which nothing else runs
	@$(BIN)/python -m handbook.bench

practice: .venv/ready cli ## Practise Heroku's commands without an account; UNDER=folder, AT_END=keep or delete
	@$(BIN)/python -m handbook.practice $(if $(UNDER),--under "$(UNDER)") $(if $(AT_END),--at-end "$(AT_END)")

anchors: html ## Write down the new anchors of the pages, so that links from elsewhere go on working
	@$(BIN)/python -m handbook.anchors

mutate: html tools servers cli ## Damage each line of the snippets, and expect a test to fail; one page: PAGE=gunicorn; Heroku's imitation: SLICE=3/20
	@$(BIN)/python -m handbook.mutation.$(if $(SLICE),imitation $(SLICE),mutate $(PAGE))

requirements: .venv/ready ## Pin the newest versions that requirements.in allows
	@$(BIN)/python -m handbook.requirements

format: .venv/ready ## Format the Python files
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

linkcheck: .venv/ready ## Ask every external link whether it answers
	@$(SPHINX) -b linkcheck docs _build/linkcheck -d _build/doctrees/linkcheck

clean: ## Delete what was built, but keep the environment .venv
	@rm -rf _build
	@find locale -name '*.mo' -delete

.venv/ready: requirements.txt
	@echo "Making the environment .venv (once, and when requirements.txt changes)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.14")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(call debian,python3-venv)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

node_modules/ready: package.json package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 or newer is missing: the Heroku CLI needs it. https://nodejs.org/" >&2; exit 1; }
	@echo "Installing the Heroku CLI into node_modules (once; about 400 MB)"
	@npm ci --silent
	@touch $@

cli: node_modules/ready ## Install the Heroku CLI that package.json pins

# The tools that pip cannot install.
tools-check: ## Install what `make check` asks: gettext, Hunspell
	@command -v msgfmt >/dev/null || $(call debian,gettext)
	@command -v hunspell >/dev/null || $(call debian,hunspell)
	@hunspell -d en_US -l </dev/null 2>/dev/null || $(call debian,hunspell-en-us)
	@hunspell -d es_ES -l </dev/null 2>/dev/null || $(call debian,hunspell-es)

tools: tools-check ## Install the browser of the tests too, and what checks the books
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || $(call debian,chromium)
	@command -v epubcheck >/dev/null || $(call debian,epubcheck)

# The tests start their own servers, on other ports than the services of these packages.
servers: ## Install what stands behind Heroku's add-ons: OpenSSL, MariaDB, Redis, RabbitMQ
	@command -v openssl >/dev/null || $(call debian,openssl)
	@PATH="/usr/sbin:$$PATH"; command -v mariadbd >/dev/null || $(call debian,mariadb-server-core)
	@command -v my_print_defaults >/dev/null || $(call debian,mariadb-client-core)
	@command -v redis-server >/dev/null || $(call debian,redis-server)
	@PATH="/usr/lib/rabbitmq/bin:$$PATH"; command -v rabbitmq-server >/dev/null || $(call debian,rabbitmq-server)

loader: ## Install wrk, which sends the requests of the benchmark
	@command -v wrk >/dev/null || $(call debian,wrk)

# As root on Debian or Ubuntu, install a missing package; otherwise name it and fail.
define debian
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing the Debian package $(1)" && apt-get -qq update && \
	  DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends $(1) >/dev/null; \
	else \
	  echo "The package $(1) is missing. On Debian or Ubuntu: sudo apt-get install $(1)" >&2; exit 1; \
	fi
endef
