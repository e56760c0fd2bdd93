"""MNIST from a folder, a cache and mirrors, each of them whole, damaged or missing.

Four small files stand for the real ones, with their sizes and sums in `mnist.FILES`, and an HTTP server of this
process for the mirrors.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from autograder import datasets
from autograder.datasets import mnist
from autograder.datasets.places import DataError, cache

Answer = Callable[[str, bytes], tuple[int, dict[str, str], bytes]]


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.astype(np.uint8).tobytes()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Files of 20 and 10 images in MNIST's format, which now count as MNIST; by file name, decompressed."""
    rng = np.random.default_rng(0)
    arrays = {
        "train_images": rng.integers(0, 256, (20, 28, 28)),
        "train_labels": np.arange(20) % 10,
        "test_images": rng.integers(0, 256, (10, 28, 28)),
        "test_labels": np.arange(10),
    }
    contents = {mnist.FILES[part].name: idx(array) for part, array in arrays.items()}
    files = {
        part: mnist.IdxFile(file.name, len(contents[file.name]), hashlib.sha256(contents[file.name]).hexdigest())
        for part, file in mnist.FILES.items()
    }
    monkeypatch.setattr(mnist, "FILES", files)
    return contents


@pytest.fixture
def mirrors(monkeypatch: pytest.MonkeyPatch, small: dict[str, bytes]) -> Iterator[Callable[..., list[str]]]:
    """`mirrors(answer, ...)` puts up one mirror for each answer and returns the list of paths asked for."""
    servers: list[ThreadingHTTPServer] = []
    asked: list[str] = []

    def put_up(*answers: Answer) -> list[str]:
        for answer in answers:
            servers.append(serve(answer, small, asked))
        monkeypatch.setattr(mnist, "MIRRORS", tuple(f"http://127.0.0.1:{s.server_port}/" for s in servers))
        monkeypatch.setattr(mnist, "_refused", {})
        monkeypatch.delenv("CNN_COURSE_OFFLINE")
        monkeypatch.delenv("CNN_COURSE_DATA", raising=False)
        return asked

    yield put_up
    for server in servers:
        server.shutdown()
        server.server_close()


def serve(answer: Answer, contents: dict[str, bytes], asked: list[str]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            name = self.path.strip("/").removesuffix(".gz")
            status, headers, body = answer(name, gzip.compress(contents[name]))
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keeps the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


def good(name: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Length": str(len(body))}, body


def unpacks_on_the_way(name: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Length": str(len(body)), "Content-Encoding": "gzip"}, body


def another_file(name: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    return good(name, gzip.compress(b"something else"))


def flipped_bit(name: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    middle = len(body) // 2
    return good(name, body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :])


def cut_short(name: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Length": str(len(body))}, body[: len(body) // 2]


def cut_short_in_silence(name: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    return good(name, body[: len(body) // 2])


def missing(name: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    return 404, {"Content-Length": "0"}, b""


def login_page(name: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    return good(name, b"<html>Please sign in to this network</html>")


def much_more(name: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    return good(name, body + bytes(1 << 20))


def bomb(name: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    return good(name, gzip.compress(bytes(1 << 22)))


def fill(folder: Path, contents: dict[str, bytes], packed: bool = True) -> Path:
    folder.mkdir(parents=True)
    for name, content in contents.items():
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("packed", [True, False])
def test_the_folder_of_the_environment_comes_first(
    small: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    fill(tmp_path / "mnist", small, packed)
    monkeypatch.setenv("CNN_COURSE_DATA", str(tmp_path))
    images = datasets.find_images()
    assert images.name == "mnist" and images.source == "from CNN_COURSE_DATA"
    assert images.train_images.shape == (20, 28, 28) and images.train_images.dtype == np.uint8
    assert images.test_labels.dtype == np.int64 and images.test_labels.tolist() == list(range(10))
    images.train_images[0] = 0  # a reader's own copy, to be written to


def test_a_damaged_folder_is_passed_over_for_the_cache_and_named(
    small: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = fill(tmp_path / "mnist", small) / "t10k-labels-idx1-ubyte.gz"
    damaged.write_bytes(damaged.read_bytes()[:-5])
    fill(cache() / "mnist", small, packed=False)
    monkeypatch.setenv("CNN_COURSE_DATA", str(tmp_path))
    source = datasets.find_images().source
    assert source.startswith("from the cache") and "t10k-labels-idx1-ubyte is damaged" in source


def test_a_download_fills_the_cache_and_is_not_repeated(mirrors: Callable[..., list[str]]) -> None:
    asked = mirrors(good)
    assert "downloaded from 127.0.0.1" in datasets.find_images().source
    assert len(asked) == 4
    assert datasets.find_images().source == "from the cache"
    assert len(asked) == 4
    assert sorted(p.name for p in (cache() / "mnist").iterdir()) == sorted(f.name for f in mnist.FILES.values())


def test_a_mirror_may_unpack_on_the_way(mirrors: Callable[..., list[str]]) -> None:
    mirrors(unpacks_on_the_way)
    assert datasets.find_images("mnist").train_images.shape == (20, 28, 28)


@pytest.mark.parametrize(
    "answer",
    [another_file, flipped_bit, cut_short, cut_short_in_silence, missing, login_page, much_more, bomb],
    ids=lambda answer: answer.__name__,
)
def test_what_one_mirror_gets_wrong_the_next_one_mends(mirrors: Callable[..., list[str]], answer: Answer) -> None:
    asked = mirrors(answer, good)
    assert datasets.find_images("mnist").train_images.shape == (20, 28, 28)
    assert len(asked) == 8


@pytest.mark.parametrize(
    ("answer", "said"),
    [(another_file, "damaged"), (cut_short, "broke off"), (missing, "answered 404")],
)
def test_when_every_mirror_fails_nothing_is_left_and_one_sentence_says_so(
    mirrors: Callable[..., list[str]], answer: Answer, said: str
) -> None:
    mirrors(answer, answer)
    with pytest.raises(DataError, match=f"MNIST was not found here, and .*({said})") as caught:
        datasets.find_images("mnist")
    assert "\n" not in str(caught.value)
    assert not (cache() / "mnist").exists()


def test_an_interrupted_write_leaves_no_file(
    mirrors: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrors(good)

    def interrupt(source: str, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        datasets.find_images("mnist")
    assert list((cache() / "mnist").iterdir()) == []


def test_a_mirror_that_hardly_sends_anything_is_given_up(
    mirrors: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mnist, "FILE_SECONDS", -1.0)
    mirrors(good)
    with pytest.raises(DataError, match="was too slow"):
        datasets.find_images("mnist")


def test_without_a_network_it_is_the_digits_and_the_second_time_at_once(
    mirrors: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = mirrors(missing)
    assert datasets.load_images().name == "digits"
    assert "Images: digits" in (said := capsys.readouterr().out) and "answered 404" in said
    assert datasets.find_images().name == "digits"
    assert len(asked) == 1


def test_nothing_that_listens_is_said_plainly(
    mirrors: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrors()
    monkeypatch.setattr(mnist, "MIRRORS", ("http://127.0.0.1:9/",))
    start = time.monotonic()
    with pytest.raises(DataError, match="no mirror can be reached"):
        datasets.find_images("mnist")
    assert time.monotonic() - start < 5


def test_offline_asks_nobody(small: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CNN_COURSE_DATA", raising=False)
    with pytest.raises(DataError, match="CNN_COURSE_OFFLINE forbids"):
        datasets.find_images("mnist")


def test_a_cache_that_cannot_be_written_to_costs_a_warning_only(
    mirrors: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mirrors(good)
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.warns(UserWarning, match="could not be kept in the cache"):
        assert datasets.find_images("mnist").train_images.shape == (20, 28, 28)


def test_two_that_download_at_once_both_get_it(mirrors: Callable[..., list[str]]) -> None:
    mirrors(good)
    found: list[datasets.ImageSet] = []
    threads = [threading.Thread(target=lambda: found.append(datasets.find_images("mnist"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [images.train_images.shape for images in found] == [(20, 28, 28)] * 4
    assert len(list((cache() / "mnist").iterdir())) == 4
