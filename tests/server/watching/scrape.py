"""What a scrape of `/metrics` says."""

from __future__ import annotations

import httpx2
from prometheus_client.parser import text_string_to_metric_families


class Scrape:
    """The samples of one scrape, by name and labels."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def __call__(self, name: str, **labels: str) -> float | None:
        """One sample; None where there is none."""
        return self._samples.get((name, frozenset(labels.items())))

    def labels(self, name: str, label: str) -> set[str]:
        """All values that a label of a sample has."""
        return {dict(labels)[label] for each, labels in self._samples if each == name}

    def sum(self, name: str) -> float:
        """Over all labels."""
        return sum(value for (each, _), value in self._samples.items() if each == name)


async def scrape(client: httpx2.AsyncClient, token: str | None = None) -> Scrape:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    response = await client.get("/metrics", headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return Scrape(response.text)
