"""Weights that do not come along: found in a folder, a cache or on a server, and taken only where they are right."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.datasets import downloads, weights
from autograder.datasets.downloads import Remote
from autograder.datasets.places import DataError, cache

STATE = {"features.0.weight": torch.arange(6.0).reshape(1, 2, 3), "features.0.bias": torch.ones(1)}


def saved(state: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


GOOD = saved(STATE)


def remote(data: bytes = GOOD, url: str = "http://127.0.0.1:9/net.pth") -> Remote:
    return Remote("net.pth", url, len(data), hashlib.sha256(data).hexdigest())


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a folder nor a cache has anything, and there is no network but this machine's own."""
    monkeypatch.delenv("CNN_COURSE_DATA", raising=False)
    monkeypatch.delenv("CNN_COURSE_OFFLINE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


@pytest.fixture
def serving() -> Iterator[Callable[[bytes], str]]:
    """`serving(data)` gives the address at which a server of this process has the data."""
    servers: list[ThreadingHTTPServer] = []

    def put_up(data: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/net.pth"

    yield put_up
    for server in servers:
        server.shutdown()
        server.server_close()


def place(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNN_COURSE_DATA", str(tmp_path / "data"))
    return {
        "folder": tmp_path / "data" / "weights", "cache": cache() / "weights",
        "torch": tmp_path / "torch" / "hub" / "checkpoints",
    }[kind]  # fmt: skip


@pytest.mark.parametrize("kind", ["folder", "cache", "torch"])
def test_they_are_read_where_they_lie(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place(kind, tmp_path, monkeypatch)
    folder.mkdir(parents=True)
    (folder / "net.pth").write_bytes(GOOD)
    found = downloads.load("net", remote(), download=False)
    assert {name: array.tolist() for name, array in found.items()} == {n: t.tolist() for n, t in STATE.items()}
    assert all(isinstance(array, np.ndarray) and array.dtype == np.float32 for array in found.values())


@pytest.mark.parametrize("content", [GOOD[:-1], GOOD[:-1] + b"x"], ids=["cut short", "one byte differs"])
def test_another_file_of_that_name_is_passed_over_and_named(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place("folder", tmp_path, monkeypatch)
    folder.mkdir(parents=True)
    (folder / "net.pth").write_bytes(content)
    with pytest.raises(DataError, match="were not found here; CNN_COURSE_DATA has another file of that name"):
        downloads.load("net", remote(), download=False)


def test_without_being_asked_to_nothing_is_fetched(serving: Callable[[bytes], str]) -> None:
    with pytest.raises(DataError, match=r"The weights of net \(net.pth, 0 MB\) were not found here\.$"):
        downloads.load("net", remote(url=serving(GOOD)), download=False)


def test_a_download_is_kept(serving: Callable[[bytes], str]) -> None:
    found = downloads.load("net", remote(url=serving(GOOD)), download=True)
    assert found.keys() == STATE.keys() and (cache() / "weights" / "net.pth").read_bytes() == GOOD
    assert downloads.load("net", remote(), download=False).keys() == STATE.keys()


def test_another_file_from_the_server_is_refused_and_not_kept(serving: Callable[[bytes], str]) -> None:
    with pytest.raises(DataError, match="sent is not the right file"):
        downloads.load("net", remote(url=serving(b"something else")), download=True)
    assert not (cache() / "weights" / "net.pth").exists()


def test_a_server_that_cannot_be_reached_and_a_download_that_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="could not be downloaded"):
        downloads.load("net", remote(), download=True)
    monkeypatch.setenv("CNN_COURSE_OFFLINE", "1")
    with pytest.raises(DataError, match="CNN_COURSE_OFFLINE forbids"):
        downloads.load("net", remote(), download=True)


class Evil:
    """What a pickle can hold."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return Path.touch, (Path("evil"),)  # type: ignore[return-value]


def test_a_pickle_that_would_run_something_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data, folder = saved({"weight": Evil()}), place("folder", tmp_path, monkeypatch)
    folder.mkdir(parents=True)
    (folder / "net.pth").write_bytes(data)
    with pytest.raises(Exception, match="[Ww]eights"):
        downloads.load("net", remote(data), download=False)
    assert not (tmp_path / "evil").exists()


def test_the_courses_alexnet_is_described() -> None:
    """Its sum begins with the digits in its name, as all of PyTorch's files do."""
    alexnet = weights.remotes()["alexnet"]
    assert alexnet.file == "alexnet-owt-7be5be79.pth" and alexnet.sha256.startswith("7be5be79")
    assert len(alexnet.sha256) == 64 and alexnet.url.startswith("https://") and alexnet.size == "244 MB"
    assert len(set(weights.measured("alexnet")["classes"])) == 1000
    with pytest.raises(DataError, match="were not found here"):
        weights.load_pretrained("alexnet")
    with pytest.raises(ValueError, match="cifar6, mnist, alexnet"):
        weights.load_pretrained("lenet")
