import pytest
from longreader.app.healthcheck import main


@pytest.mark.parametrize(("path", "code"), [("/healthz", 0), ("/readyz", 1)])
def test_success_is_0_and_an_error_1(loopback_server, path, code, capsys):
    loopback_server.routes["/healthz"] = {"status": "ok"}
    assert main([path, loopback_server.url.rpartition(":")[2]]) == code
    assert bool(capsys.readouterr().err) == bool(code)


def test_nobody_there():
    assert main(["/healthz", "9"]) == 1


def test_no_proxy_is_asked(loopback_server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    loopback_server.routes["/healthz"] = {"status": "ok"}
    assert main(["/healthz", loopback_server.url.rpartition(":")[2]]) == 0
