from __future__ import annotations

import base64
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.submission.outputs import OUTPUT_BYTES, Collector, safe_data
from autograder.submission.text import one_line, plain

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 20).decode()


def collect(*messages: tuple[str, dict], output_bytes: int = 1000, display_updates: int = 10) -> Collector:
    collector = Collector(output_bytes, display_updates)
    for kind, content in messages:
        collector.add(kind, content, 10)
    nbformat.validate(new_notebook(cells=[new_code_cell(outputs=collector.outputs)]))
    return collector


def stream(text: object, name: str = "stdout") -> tuple[str, dict]:
    return "stream", {"name": name, "text": text}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\x00\x08\x7fb\x9b1mc", "abc"),
        ("\u202egnp.exe\u2066", "gnp.exe"),
        ("tab\tline\n", "tab\tline\n"),
        ("lone \ud800", "lone ?"),
        (None, ""),
    ],
)
def test_text_loses_what_a_terminal_or_a_reader_would_obey(raw: object, shown: str):
    assert plain(raw) == shown


def test_a_progress_bar_leaves_its_last_state():
    outputs = collect(stream("10%\r50%"), stream("\r100%\ndone\n")).outputs
    assert [o.text for o in outputs] == ["100%\ndone\n"]


def test_text_beyond_the_cap_is_cut_and_that_is_said():
    collector = collect(*[stream("x" * 300)] * 10)
    first, note = collector.outputs
    assert len(first.text) == 1000 - OUTPUT_BYTES and "cut here" in note.text
    assert collector.seen_bytes == 100


def test_display_updates_replace_and_are_counted():
    show = {"data": {"text/plain": "0"}, "transient": {"display_id": "a"}}
    updates = [("update_display_data", {**show, "data": {"text/plain": str(n)}}) for n in range(1, 20)]
    collector = collect(("display_data", show), *updates)
    assert collector.outputs[0].data["text/plain"] == "9"
    assert collector.seen_displays == 20
    assert "cut here" in collector.outputs[-1].text


def test_only_text_and_raster_images_stay():
    data = {"text/html": "<script>", "image/svg+xml": "<svg>", "application/javascript": "x", "text/markdown": "#",
            "text/latex": "$", "text/plain": "<b>\x1b[1m", "image/png": PNG}  # fmt: skip
    assert safe_data(data) == {"text/plain": "<b>", "image/png": PNG}


@pytest.mark.parametrize("value", ['"><script>alert(1)</script>', 7, None, base64.b64encode(b"<svg/>").decode(), "%%"])
def test_what_is_no_picture_is_no_picture(value: object):
    assert "image/png" not in safe_data({"image/png": value})


def test_a_picture_is_encoded_anew():
    assert safe_data({"image/png": PNG[:8] + '">\n' + PNG[8:]})["image/png"] == PNG


def test_what_is_left_out_is_named():
    assert "text/html" in safe_data({"text/html": "<table>"})["text/plain"]


@pytest.mark.parametrize(
    "message",
    [
        ("stream", {}),
        ("stream", {"text": ["a"]}),
        ("display_data", {}),
        ("display_data", {"data": {"text/plain": {"a": 1}}, "transient": 3}),
        ("update_display_data", {"data": 1, "transient": {"display_id": []}}),
        ("execute_result", {"data": {3: 4}}),
        ("error", {}),
        ("error", {"ename": 3, "evalue": ["x"], "traceback": "no list"}),
        ("error", {"ename": "E", "evalue": "v", "traceback": [1, None, "x" * 10**6]}),
        ("comm_open", {"data": {}}),
        ("clear_output", {"wait": "maybe"}),
    ],
)
def test_odd_messages_do_no_harm(message: tuple[str, dict]):
    collect(message)


def test_the_first_error_is_what_a_cell_raised():
    error = {"ename": "ValueError", "evalue": "no\x1b[31m\nway", "traceback": ["a\x1b[1m", "b"]}
    collector = collect(("error", error), ("error", {**error, "ename": "Later"}))
    assert collector.error == ("ValueError", "no way")
    assert collector.outputs[0].traceback == ["a", "b"]


def test_a_line_is_one_line_of_bounded_length():
    assert one_line("a\n b\tc" + "d" * 500, 20) == "a b c" + "d" * 14 + "…"


def test_bytes_are_those_of_the_file_and_not_letters():
    collector = Collector(100_000, 10)
    collector.add("stream", {"name": "stdout", "text": "😀" * 90_000}, 1)
    collector.add("stream", {"name": "stdout", "text": '"\n' * 90_000}, 1)
    assert len(json.dumps(collector.outputs, ensure_ascii=False).encode()) < 101_000
    assert "a cell may print 0.1 MB" in collector.outputs[-1].text


def test_all_cells_of_a_notebook_share_its_room():
    first = Collector(100_000, 10, room=150_000)
    first.add("stream", {"name": "stdout", "text": "x" * 100_000}, 1)
    left = 150_000 - first.kept_bytes
    second = Collector(100_000, 10, room=left)
    second.add("stream", {"name": "stdout", "text": "x" * 100_000}, 1)
    assert second.kept_bytes <= left + 100 and "the cells of a notebook may print" in second.outputs[-1].text
    third = Collector(100_000, 10, room=-5)
    third.add("display_data", {"data": {"text/plain": "x"}}, 1)
    assert len(third.outputs) == 1 and "cut here" in third.outputs[0].text


def test_outputs_without_text_count_too():
    collector = Collector(10_000, 10)
    for number in range(2_000):
        collector.add("stream", {"name": ("stdout", "stderr")[number % 2], "text": "x"}, 1)
    assert len(json.dumps(collector.outputs)) < 12_000
