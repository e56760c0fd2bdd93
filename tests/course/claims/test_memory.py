"""Assignment 03: the numbers in its words, and what they say of PyTorch."""

from __future__ import annotations

import re
from functools import partial
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from course import style
from course.convolution.output_size.reference import output_size
from course.sizing_and_memory import figures
from course.sizing_and_memory.alexnet_table.misconceptions import ALEXNET_LAYERS
from course.sizing_and_memory.alexnet_table.reference import alexnet_table
from course.sizing_and_memory.checkpointing.reference import checkpointed_forward
from course.sizing_and_memory.conv_parameters.reference import conv_parameters
from course.sizing_and_memory.gradient_accumulation.reference import accumulate_gradients
from course.sizing_and_memory.inference_memory.reference import inference_memory, output_sizes
from course.sizing_and_memory.layer_summary.reference import summary_column
from course.sizing_and_memory.mixed_precision.reference import autocast_forward
from course.sizing_and_memory.training_memory.reference import training_memory

from . import says

NAME = "03-sizing-and-memory"
said = partial(says, NAME)
IMAGE, MAPS, BATCH = (200, 300, 3), (100, 200, 400), 50


def mb(count, digits=2):
    """A number of bytes in MB."""
    return f"{count / 1e6:,.{digits}f} MB"


def test_parameters_of_the_textbooks_network():
    counts = conv_parameters(IMAGE, MAPS, BATCH)
    for (before, after), count in zip(pairwise((3, *MAPS)), list(counts.values())[:3], strict=True):
        one = 9 * before + 1
        said(f"3 · 3 · {before} + 1 = {one:,} | {one:,} · {after} = {count:,} |")
    said(f"(3 · 3 · 3 + 1) · 100 = {counts['layer1']:,} parameters", f"| all | | | {counts['total']:,} |",
         f"The {counts['total']:,} parameters above are {4 * counts['total']:,} bytes, or {mb(4 * counts['total'])}")


def test_memory_of_the_textbooks_network():
    sizes, total = output_sizes(IMAGE, MAPS), 4 * conv_parameters(IMAGE, MAPS, BATCH)["total"]
    for name, shape, size in zip(("layer 1", "layer 2", "layer 3"),
                                 ("100 x 150 x 100", "50 x 75 x 200", "25 x 38 x 400"), sizes, strict=True):
        said(f"| {name} | {shape} | {size:,} | {4 * size:,} |")
    one, many = inference_memory(IMAGE, MAPS, BATCH)["total"], training_memory(IMAGE, MAPS, BATCH)
    held = [4 * (before + after) + total for before, after in pairwise((200 * 300 * 3, *sizes))]
    said(
        f"({sizes[0]:,} + {sizes[1]:,}) · 4 + 903,400 · 4 = {one:,}.",
        "6 MB come in, 3 MB go out, and 3.61 MB of parameters",
        f"In all {' MB, '.join(f'{size / 1e6:.2f}' for size in held[:2])} MB and {mb(held[2])}, so that layer 2",
        f"| outputs | 50 · ({' + '.join(f'{size:,}' for size in sizes)}) · 4 = {many['outputs']:,} |",
        f"| inputs | 50 · 180,000 · 4 = {many['inputs']:,} |",
        f"| parameters and gradients | 2 · {total:,} = {many['parameters_and_gradients']:,} |",
        f"| total | {many['total']:,} |", f"That is {many['total'] / one:.0f} times what a prediction takes.",
        f"outputs {mb(many['outputs'], 0)}, inputs {mb(many['inputs'], 0)}, parameters and gradients "
        f"{mb(many['parameters_and_gradients'], 1)}",
        f"Even one image's outputs, {mb(many['outputs'] / 50, 1)}, are more than the parameters with their gradients.",
    )
    assert held[1] == max(held) == one and many["outputs"] / 50 > many["parameters_and_gradients"]


def test_layers_and_groups():
    texts = ["a 6@5x5", "b 2x2 stride 2", "c 16@5x5", "d 2x2 stride 2", "e 120@5x5", "f 64", "g 10"]
    columns = [summary_column(texts, (32, 32, 3), column) for column in ("output_shape", "parameters", "multiply_adds")]
    for name, shape, count, work in zip(
        ("6@5x5", "pool 2x2, stride 2", "16@5x5", "pool 2x2, stride 2", "120@5x5", "dense 64", "dense 10"), *columns,
        strict=True,
    ):
        said(f"| {name} | {'x'.join(map(str, shape))} | {count:,} | {work:,} |")
    said(f"| all | | {sum(columns[1]):,} | {sum(columns[2]):,} |", "a map of 5x5x16 is 400 numbers",
         "4 · (3 · 3 · 2) weights, with two groups 4 · (3 · 3 · 1)")
    assert nn.Conv2d(2, 4, 3).weight.numel() == 4 * 9 * 2 and nn.Conv2d(2, 4, 3, groups=2).weight.numel() == 4 * 9
    hint = nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2)
    weights, places = hint.weight.numel(), hint(torch.zeros(1, 4, 7, 9))[0, 0].numel()
    said(f"8 x 18 = {weights} weights and 8 biases are {weights + 8} parameters. {weights} weights at 4 x 5 places are "
         f"{weights * places:,} multiply-adds.")


def test_alexnet():
    table, all_parameters = alexnet_table(), alexnet_table()["total"]
    work = summary_column(ALEXNET_LAYERS, (227, 227, 3), "multiply_adds")
    weights = table["conv1"][1] - 96
    said(
        f"the first layer of AlexNet has {weights:,} weights and a 55x55 output, which makes {weights * 55 * 55:,}.",
        f"gives {output_size(224, 11, 4)}, and the paper's {output_size(227, 11, 4)} needs 227",
        f"(conv1 {mb(4 * 55 * 55 * 96)})", f"(fc6 alone {4 * table['fc6'][1] / 1e6:.0f} of "
        f"{4 * all_parameters / 1e6:.0f} MB)", f"(conv2 {work[2] / 1e6:.0f} of {sum(work) / 1e6:,.0f} million",
    )
    groups = [f"{text} groups 2" if text[:5] in ("conv2", "conv4", "conv5") else text for text in ALEXNET_LAYERS]
    counts = summary_column(groups, (227, 227, 3), "parameters")
    said(f"which leaves {counts[2]:,}, {counts[5]:,} and {counts[6]:,} parameters there and {sum(counts):,} in all")
    narrow = [text.replace("96@", "64@").replace("conv2 256@", "conv2 192@").replace("conv4 384@", "conv4 256@")
              for text in ALEXNET_LAYERS]
    said("with 64 and 192 filters in the first two layers and 256 in the fourth, has "
         f"{sum(summary_column(narrow, (227, 227, 3), 'parameters')):,}.")


def test_micro_batches():
    shares, losses = (2 / 5, 2 / 5, 1 / 5), (1.0, 2.0, 4.0)
    whole = sum(share * loss for share, loss in zip(shares, losses, strict=True))
    said(f"1.0 · 2/5 + 2.0 · 2/5 + 4.0 · 1/5 = {whole:.1f}, while the mean of the three means would be "
         f"{sum(losses) / 3:.2f}.",
         f"the loss of the batch is 4 x 2/3 + 1 x 1/3 = {4 * 2 / 3 + 1 / 3:g}. The mean of the two means would be "
         f"{(4 + 1) / 2}")


def test_checkpoints_in_words():
    """What blocks keep was measured elsewhere: n of 2n + 1 maps."""
    said("Checkpoints leave 1/3 of what is kept after the forward pass for one block, 2/5 for two, 4/9 for four, 8/17 "
         "for eight.", f"two maps are kept instead of five until the backward pass begins: {2 / 5} of the memory",
         "In a network of n equal blocks it is n of 2n + 1 maps")


def test_a_checkpoint_that_is_reentrant_needs_an_input_with_a_gradient():
    layer, x = nn.Linear(2, 2), torch.ones(1, 2)
    with pytest.warns(UserWarning, match="None of the inputs have requires_grad=True"):
        assert not checkpoint(layer, x, use_reentrant=True).requires_grad
    assert checkpoint(layer, x, use_reentrant=False).requires_grad
    said("PyTorch warns that none of the inputs have requires_grad=True")


def test_formats_of_numbers():
    exponents = {torch.float32: (8, 23), torch.bfloat16: (8, 7), torch.float16: (5, 10)}
    for dtype, (exponent, fraction) in exponents.items():
        about = torch.finfo(dtype)
        assert about.bits == 1 + exponent + fraction and about.eps == 2.0**-fraction
        largest = f"{about.max:,.0f}" if about.max < 1e6 else f"{about.max / 1e38:.1f} · 10^38"
        step = f"{about.eps:.8f}" if about.eps < 1e-6 else f"{about.eps:.2g}"
        said(f"| {str(dtype).removeprefix('torch.')} | {exponent} | {fraction} | {step} | {largest} |")
    one = torch.tensor(1.0)
    assert (one.bfloat16() + torch.tensor(0.001).bfloat16()).item() == 1 and torch.tensor(1e-8).half() == 0
    said("an update of 0.001 added to a bfloat16 weight of 1 would be rounded away",
         "small gradients vanish in it, so they are scaled up first")


def conv_block(maps):
    """The notebook's block."""
    return nn.Sequential(
        nn.Conv2d(maps, maps, 3, padding=1), nn.ReLU(), nn.Conv2d(maps, maps, 3, padding=1), nn.ReLU()
    )


def test_what_each_way_keeps(monkeypatch):
    """On paper: four blocks keep nine maps, a micro batch a quarter of them, checkpoints four, 16 bits half of each."""
    shown = []
    monkeypatch.setattr(style, "display", lambda data, raw: shown.append(data["text/plain"]))
    monkeypatch.setattr(figures, "milliseconds", lambda run: 0.0)
    figures.what_each_way_costs(accumulate_gradients, checkpointed_forward, autocast_forward, conv_block)
    one, weights = 4 * 8 * 16 * 32 * 32, 2 * 8 * (9 * 16 * 16)
    wanted = [9 * one, 9 * one / 4, 4 * one, 9 * one / 2 + weights]
    assert [line.split()[-2] for line in shown[-1].splitlines()[2:]] == [f"{size / 1e6:.2f}" for size in wanted]


def test_sixteen_bits_are_half_and_a_little_more(capsys):
    """What the demonstration prints is what the text below it works out."""
    figures.sixteen_bits(autocast_forward, conv_block)
    full, half = re.findall(r"([\d.]+) MB", capsys.readouterr().out)
    images, relu, pooled = (4 * 16 * count for count in (3 * 32 * 32, 16 * 32 * 32, 16 * 8 * 8))
    kept = images + 3 * relu + pooled
    weights = 2 * (3 * 9 * 16 + 2 * 16 * 9 * 16 + 16 * 8 * 8 * 10)
    assert (full, half) == (f"{kept / 1e6:.2f}", f"{(kept / 2 + weights) / 1e6:.2f}")
    said(f"the images ({mb(images)}), the output of each ReLU ({mb(relu)}) and that of the pooling ({mb(pooled)}) are "
         f"kept, {full} MB in all. Half of that is {mb(kept / 2)}. The other {mb(weights)} are the weights in 16 bits")
