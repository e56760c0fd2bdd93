"""The pictures of assignment 03, and what its demonstrations measure. Sizes are in MB, which are 10^6 bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import torch
from torch import nn

from ..style import BLUE, GREY, ORANGE, described, figure, milliseconds, needs, sliders, table
from .shared import on_one_thread, saved_bytes


def prediction_memory():
    """What the textbook's network holds while it predicts one image, a bar for each layer at work."""
    steps = ["layer 1 computes", "layer 2 computes", "layer 3 computes"]
    incoming, outgoing = [0.72, 6.0, 3.0], [6.0, 3.0, 1.52]
    parameters = 3.6136
    fig, axis = figure(width=7, height=2.6)
    axis.barh(steps, [parameters] * 3, color=GREY, label="parameters")
    axis.barh(steps, incoming, left=parameters, color=BLUE, label="its input")
    axis.barh(steps, outgoing, left=[parameters + size for size in incoming], color=ORANGE, label="its output")
    for row, (size_in, size_out) in enumerate(zip(incoming, outgoing, strict=True)):
        total = parameters + size_in + size_out
        axis.text(total + 0.1, row, f"{total:.2f} MB", va="center")
    axis.invert_yaxis()
    axis.set(xlim=(0, 16), xlabel="MB held while predicting one image")
    axis.legend(loc="lower right")
    described(
        fig,
        "Three bars, what is held while each layer computes: parameters, 3.61 MB each time, and the layer's input and "
        "output. In all 10.33 MB, 12.61 MB and 8.13 MB, so that layer 2 needs most.",
    )


def training_memory(batch: int = 50):
    """What the textbook's network holds in training, by the size of the batch."""
    parts = {"outputs": 10.52 * batch, "inputs": 0.72 * batch, "parameters\nand gradients": 7.2272}
    fig, axis = figure(width=5.5, height=2.4)
    bars = axis.barh(list(parts), list(parts.values()), color=[ORANGE, BLUE, GREY])
    axis.bar_label(bars, fmt="{:,.1f} MB", padding=3)
    axis.invert_yaxis()
    axis.set_xlim(0, 1500)
    axis.set_title(f"a batch of {batch}: {sum(parts.values()):,.1f} MB in all")
    described(fig, f"Memory in training, {axis.get_title()}, of which the outputs take {parts['outputs']:,.1f} MB.")


def batch_knob():
    """A slider for the size of the batch."""
    sliders(training_memory, batch=(1, 100))


# layer by layer ------------------------------------------------------------------------------------------------------


@needs("layer-summary")
def summary(summarize: Callable[..., Any], layers: Sequence[Any], input_shape: tuple[int, int, int]):
    """A network's summary as a table."""
    rows = summarize(layers, input_shape)
    total = ("all", "", sum(row.parameters for row in rows), sum(row.multiply_adds for row in rows))
    table("Layer by layer", ("layer", "output", "parameters", "multiply-adds"), [
        *((row.name, "x".join(map(str, row.output_shape)), row.parameters, row.multiply_adds) for row in rows), total,
    ])


@needs("layer-summary")
def costs(summarize: Callable[..., Any], layers: Sequence[Any], input_shape: tuple[int, int, int]):
    """Output, parameters and multiply-adds of each layer of a network, as bars."""
    rows = summarize(layers, input_shape)
    names = [row.name for row in rows]
    columns = [
        ("output for one image, MB", [4 * prod(row.output_shape) / 1e6 for row in rows], ORANGE),
        ("parameters, MB", [4 * row.parameters / 1e6 for row in rows], BLUE),
        ("multiply-adds, millions", [row.multiply_adds / 1e6 for row in rows], GREY),
    ]
    fig, axes = figure(3, width=10, height=3.4)
    for axis, (title, values, colour) in zip(axes, columns, strict=True):
        bars = axis.barh(names, values, color=colour)
        axis.bar_label(bars, fmt="{:.2f}" if colour == ORANGE else "{:.0f}", padding=2, fontsize=8)
        axis.margins(x=0.16)
        axis.invert_yaxis()
        axis.set_title(title)
    most = [f"{title}, most in {names[values.index(max(values))]}: {max(values):,.2f}" for title, values, _ in columns]
    described(fig, f"Three bar charts over the layers of AlexNet: {'; '.join(most)}.")


@needs("layer-summary")
def two_groups(summarize: Callable[..., Any], layers: Sequence[Any], input_shape: tuple[int, int, int]):
    """Prints how many parameters AlexNet has as one tower, and with the paper's two groups."""
    in_groups = ("conv2", "conv4", "conv5")
    grouped = [replace(layer, groups=2) if layer.name in in_groups else layer for layer in layers]
    for name, network in (("one tower", layers), ("two groups", grouped)):
        print(f"{name:10} {sum(row.parameters for row in summarize(network, input_shape)):,} parameters")


# what is kept for the backward pass ----------------------------------------------------------------------------------


def _kept(model: nn.Module, run: Callable[[], Any]) -> float:
    """MB that `run()` keeps for the backward pass, the model's parameters left out."""
    return saved_bytes(model, run)[0] / 1e6


@needs("checkpointing")
def checkpoints(checkpointed_forward: Callable[..., Any], conv_block: Callable[[int], nn.Module], maps: torch.Tensor):
    """What 1 to 8 blocks keep for the backward pass, plainly and checkpointed; `maps` go into the first block."""
    counts, kept = [1, 2, 4, 8], {"plain": [], "checkpointed": []}
    for count in counts:
        blocks = nn.Sequential(*[conv_block(maps.shape[1]) for _ in range(count)])
        kept["plain"].append(_kept(blocks, lambda blocks=blocks: blocks(maps)))
        kept["checkpointed"].append(_kept(blocks, lambda blocks=blocks: checkpointed_forward(blocks, maps)))
    fig, axis = figure(width=6, height=2.8)
    for (name, sizes), offset, colour in zip(kept.items(), (-0.2, 0.2), (GREY, ORANGE), strict=True):
        bars = axis.bar([place + offset for place in range(4)], sizes, width=0.38, color=colour, label=name)
        axis.bar_label(bars, fmt="{:.1f}", fontsize=8)
    axis.set_xticks(range(4), [f"{count} blocks" if count > 1 else "1 block" for count in counts])
    axis.set_ylabel("MB kept for backward")
    axis.set_title(f"two blocks: {kept['checkpointed'][1] / kept['plain'][1]:.2f} of the memory is left")
    axis.legend()
    words = "; ".join(f"{name} {', '.join(f'{size:.1f}' for size in sizes)}" for name, sizes in kept.items())
    described(fig, f"MB kept for the backward pass by 1, 2, 4 and 8 blocks: {words}.")


@needs("mixed-precision")
def sixteen_bits(autocast_forward: Callable[..., Any], conv_block: Callable[[int], nn.Module]):
    """Prints what a small network keeps for the backward pass in float32 and bfloat16, and how exact bfloat16 is."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), conv_block(16),
        nn.AvgPool2d(4), nn.Flatten(), nn.Linear(16 * 8 * 8, 10),
    )
    images = torch.rand(16, 3, 32, 32)
    exact, rough = model(images), autocast_forward(model, images, torch.bfloat16)
    full = _kept(model, lambda: model(images))
    half = _kept(model, lambda: autocast_forward(model, images, torch.bfloat16))
    print(f"kept for backward: {full:,.2f} MB in float32, {half:,.2f} MB in bfloat16, {half / full:.2f} of it")
    print(f"largest output:    {exact.abs().max():.3f}")
    print(f"largest error:     {(exact - rough.float()).abs().max():.4f}")
    print(f"parameters are     {next(model.parameters()).dtype}")


@needs("gradient-accumulation", "checkpointing", "mixed-precision")
def what_each_way_costs(
    accumulate_gradients: Callable[..., float], checkpointed_forward: Callable[..., Any],
    autocast_forward: Callable[..., Any], conv_block: Callable[[int], nn.Module],
):
    """What the three ways keep for the backward pass, and how long a forward and a backward pass take on this CPU."""
    torch.manual_seed(0)
    blocks = nn.Sequential(*[conv_block(16) for _ in range(4)])
    images, targets = torch.rand(8, 16, 32, 32), torch.rand(8, 16, 32, 32)
    forward: dict[str, Callable[[], torch.Tensor]] = {
        "as usual": lambda: blocks(images),
        "in micro batches of 2": lambda: blocks(images[:2].clone()),  # a view would count as the whole batch
        "checkpointed": lambda: checkpointed_forward(blocks, images),
        "bfloat16 under autocast": lambda: autocast_forward(blocks, images, torch.bfloat16).float(),
    }
    loss = nn.functional.mse_loss
    steps = {name: (lambda run=run: loss(run(), targets).backward()) for name, run in forward.items()}
    steps["in micro batches of 2"] = lambda: accumulate_gradients(blocks, loss, images, targets, 2)
    taken = on_one_thread(lambda: {name: milliseconds(step) for name, step in steps.items()})
    table("Four blocks, 8 images of 16 maps, 32x32 each", ("way", "MB kept for backward", "ms forward and backward"), [
        (name, f"{_kept(blocks, run):.2f}", f"{taken[name]:.1f}") for name, run in forward.items()
    ])
