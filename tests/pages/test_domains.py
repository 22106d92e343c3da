"""docs/guides/domains.md: what can be proved without a domain; certificates and DNS are not."""

import re


def test_a_domain_that_was_added_is_in_the_list_with_its_target(heroku, laptop):
    heroku.create()
    laptop.env["HEROKU_APP"] = heroku.app.name
    assert "point to the DNS Target www-example-com.herokudns.com" in laptop.run("domains/add.console")
    shown = laptop.run("domains/list.console")
    assert re.search(r"www\.example\.com +CNAME +www-example-com\.herokudns\.com", shown)
    heroku.app.add_domain("example.com")
    assert re.search(r" example\.com +ALIAS or ANAME ", laptop.run("domains/list.console"))
