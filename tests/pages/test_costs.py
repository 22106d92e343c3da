"""docs/explanation/costs.md: the sums are sums of docs/facts.toml."""

import pytest


def parse_dollars(fact: dict) -> int:
    return int(fact["value"].removeprefix("$"))


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        ("example_small", ["basic_price", "postgres_essential_0_price"]),
        ("example_worker", ["basic_price", "basic_price", "postgres_essential_0_price", "key_value_mini_price"]),
    ],
)
def test_an_example_costs_what_its_parts_cost(facts, total, parts):
    assert parse_dollars(facts[total]) == sum(parse_dollars(facts[part]) for part in parts)
    assert facts[total]["checked"] == min(facts[part]["checked"] for part in parts)


def test_a_month_has_more_hours_than_one_dyno_uses_of_the_pool_and_fewer_than_two(facts):
    pool = int(facts["eco_hours"]["value"].replace(",", ""))
    assert 31 * 24 < pool < 2 * 28 * 24
