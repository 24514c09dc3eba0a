"""`longreader keys` and what `serve` refuses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from longreader.app.service.key_file import KeyFile
from longreader.app.service.keys import Keys


@pytest.mark.data_folder_only
def test_keys_are_made_listed_and_revoked(cli: Callable[..., Any], tmp_path: Path) -> None:
    assert "No key yet" in cli("keys", "list").err
    made = cli("keys", "add", "acme", "--label", "web shop")
    key = Keys(KeyFile(tmp_path / "data")).find(made.out.strip())
    assert key is not None
    assert (key.tenant, key.label) == ("acme", "web shop")
    listed = cli("keys", "list").out
    assert key.key_id in listed
    assert made.out.strip().rpartition("_")[2] not in listed
    assert cli("keys", "revoke", key.key_id).code == 0
    assert Keys(KeyFile(tmp_path / "data")).find(made.out.strip()) is None


def test_what_is_no_tenant_or_key_is_refused(cli: Callable[..., Any], refused: Callable[..., None]) -> None:
    refused("keys add ../x", cli("keys", "add", "../x"), 1, ("../x", "small letters"))
    refused("keys revoke x", cli("keys", "revoke", "x"), 4, ("no key x", "keys list"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2"])
def test_without_a_key_it_does_not_listen_for_others(
    cli: Callable[..., Any], refused: Callable[..., None], host: str
) -> None:
    refused(f"serve --host {host}", cli("serve", "--host", host), 2, (host, "longreader keys add"))
