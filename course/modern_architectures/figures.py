"""The pictures of assignment 06, and the small networks that its demonstrations train.

Digits are `pictures` (N, 1, 28, 28), float32 in [0, 1], and `digits` (N,), their labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .. import costs
from ..style import BLUE, GREY, ORANGE, described, figure, milliseconds, needs, show, table


def winners():
    """Top-5 errors of the challenge's winners, and a person's."""
    errors = {"best without a CNN (2012)": 26.2, "AlexNet (2012)": 15.3, "GoogLeNet (2014)": 6.7, "ResNet (2015)": 3.6,
              "SENet (2017)": 2.3}
    fig, axis = figure(width=7, height=2.6)
    bars = axis.barh(list(errors), list(errors.values()), color=[GREY, *[BLUE] * 4])
    axis.axvline(5.1, color=ORANGE, linestyle="--")
    axis.bar_label(bars, fmt="{:.1f} %", padding=3, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})
    axis.text(5.4, 4.35, "a trained person, about 5 %", color=ORANGE, va="center", fontsize=9)
    axis.set(ylim=(4.7, -0.6), xlim=(0, 30), xlabel="top-5 error")
    described(
        fig,
        "Top-5 errors as bars: 26.2 % without a CNN, AlexNet 15.3 %, GoogLeNet 6.7 %, ResNet 3.6 %, SENet 2.3 %. The "
        "dashed line of a trained person, about 5 %, lies between GoogLeNet and ResNet.",
    )


# building blocks -----------------------------------------------------------------------------------------------------


@needs("inception")
def first_module(inception_module: Callable[..., nn.Module]):
    """Prints parameters and output of GoogLeNet's first inception module."""
    module = inception_module(192, 64, 96, 128, 16, 32, 32)
    shape = tuple(module(torch.zeros(1, 192, 28, 28)).shape)
    print(f"GoogLeNet's first inception module: {costs.parameters(module):,} parameters, output {shape}")


def rates_with_and_without_norm(pictures: Tensor, digits: Tensor):
    """The loss of four convolutions after 60 steps at several rates, with batch normalisation and without."""
    rates, found, spread = (0.01, 0.03, 0.1, 0.3, 1.0), {}, {}
    for name in ("without", "with"):
        losses = [_stack(name == "with", rate, pictures, digits) for rate in rates]
        found[name], spread[name] = [loss for loss, _ in losses], losses[0][1]
    fig, axis = figure(width=6, height=2.8)
    for (name, losses), colour in zip(found.items(), (GREY, ORANGE), strict=True):
        axis.plot(rates, losses, color=colour, marker="o", linewidth=2, label=f"{name} batch normalisation")
    axis.axhline(2.3026, color=GREY, linestyle=":")
    axis.text(0.05, 2.4, "guessing", ha="center", size=8)
    axis.set(xscale="log", xlabel="learning rate", ylabel="loss after 60 steps", ylim=(0, 2.7))
    axis.legend(loc="lower left")
    said = "; ".join(f"{name} {', '.join(f'{loss:.2f}' for loss in losses)}" for name, losses in found.items())
    described(fig, f"The loss after 60 steps at learning rates of 0.01, 0.03, 0.1, 0.3 and 1: {said}. Guessing has "
              "2.30.")
    print(f"Spread of the last maps before training: {spread['without']:.3f} without, {spread['with']:.3f} with.")


def _stack(norm: bool, rate: float, pictures: Tensor, digits: Tensor) -> tuple[float, float]:
    """The loss of four convolutions after 60 steps, and the spread of the last one's maps before the first step."""
    torch.manual_seed(0)
    layers: list[nn.Module] = [nn.Conv2d(1, 8, 3, stride=4, padding=1)]
    for _ in range(4):
        layers += [nn.Conv2d(8, 8, 3, padding=1), *([nn.BatchNorm2d(8)] if norm else []), nn.ReLU()]
    features = nn.Sequential(*layers)
    network = nn.Sequential(features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10))
    with torch.no_grad():
        spread = features[:-1](pictures[:200]).std(dim=(0, 2, 3)).mean().item()
    optimizer = torch.optim.SGD(network.parameters(), lr=rate, momentum=0.9)
    losses = []
    for _ in range(60):
        chosen = torch.randint(0, len(pictures), (64,))
        losses.append(_step(optimizer, F.cross_entropy(network(pictures[chosen]), digits[chosen])))
    return sum(losses[-10:]) / 10, spread


class _PlainBlock(nn.Module):
    """Two convolutions with batch normalisation, and nothing added."""

    def __init__(self, channels: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


def _step(optimizer: torch.optim.Optimizer, loss: Tensor) -> float:
    """One step of training; the loss as a number."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def _losses(make_block: Callable[[], nn.Module], pictures: Tensor, digits: Tensor) -> list[float]:
    """The training losses of a network of 16 blocks, over 60 small steps."""
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(1, 8, 3, stride=4, padding=1), *[make_block() for _ in range(16)],
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10),
    )
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    losses = []
    for _ in range(60):
        chosen = torch.randint(0, len(pictures), (64,))
        losses.append(_step(optimizer, F.cross_entropy(network(pictures[chosen]), digits[chosen])))
    return losses


@needs("residual")
def depth(residual_block: Callable[..., nn.Module], pictures: Tensor, digits: Tensor):
    """The training loss of 16 blocks with and without the sum, over 60 steps."""
    residual = _losses(lambda: residual_block(8, 8), pictures, digits)
    plain = _losses(lambda: _PlainBlock(8), pictures, digits)
    fig, axis = figure(width=6, height=2.8)
    axis.plot(plain, color=GREY, linewidth=2, label=f"plain: {sum(plain[-10:]) / 10:.2f} at the end")
    axis.plot(residual, color=ORANGE, linewidth=2, label=f"residual: {sum(residual[-10:]) / 10:.2f} at the end")
    axis.set(xlabel="step", ylabel="training loss")
    axis.legend()
    described(
        fig, f"Training loss of 16 blocks over 60 steps: {' and '.join(axis.get_legend_handles_labels()[1])}."
    )


@needs("squeeze-excite")
def excitation(squeeze_excite: Callable[..., nn.Module]):
    """Prints how few parameters squeeze and excitation needs beside a convolution."""
    print(f"a 3x3 convolution from 64 to 64 channels: {costs.parameters(nn.Conv2d(64, 64, 3)):,} parameters")
    print(f"SqueezeExcite(64): {costs.parameters(squeeze_excite(64)):,} parameters")


def separable_share():
    """The separable convolution's share of a plain one's parameters, by the size of the kernel."""
    kernels, channels = [1, 3, 5, 7], 128
    share = [(k * k * channels + channels * channels) / (k * k * channels * channels) for k in kernels]
    fig, axis = figure(width=6, height=2.6)
    bars = axis.bar([f"{k}x{k}" for k in kernels], share, color=[GREY, ORANGE, ORANGE, ORANGE], width=0.6)
    axis.bar_label(bars, fmt="{:.2f}")
    axis.set(ylabel="separable / plain", title="parameters from 128 to 128 channels")
    described(
        fig,
        "Parameters of a separable convolution as a share of a plain one: "
        f"{', '.join(f'{k}x{k} {part:.2f}' for k, part in zip(kernels, share, strict=True))}.",
    )


# maps of scores ------------------------------------------------------------------------------------------------------


@needs("dense-to-conv")
def map_of_scores(dense_to_conv: Callable[..., nn.Module], pictures: Tensor, digits: Tensor):
    """A dense layer trained on single digits reads a strip of three, as a convolution."""
    torch.manual_seed(0)
    linear = nn.Linear(28 * 28, 10)
    optimizer = torch.optim.Adam(linear.parameters(), lr=0.01)
    for _ in range(100):
        _step(optimizer, F.cross_entropy(linear(pictures[:1000].flatten(1)), digits[:1000]))
    strip = torch.cat([pictures[1000 + i, 0] for i in range(3)], dim=1)
    with torch.no_grad():
        scores = dense_to_conv(linear, 1, 28, 28)(strip[None, None]).softmax(dim=1)[0, :, 0]
    fig, axes = figure(2, width=9, height=2.6)
    show(axes[0], strip, "a strip of " + ", ".join(str(int(digit)) for digit in digits[1000:1003]), cmap="gray_r")
    axes[1].imshow(scores, cmap="Blues", aspect="auto", vmin=0, vmax=1)
    axes[1].set(yticks=range(10), xlabel="where the window starts", ylabel="digit")
    described(
        fig,
        "A strip of three digits, and below each place of the window, from left to right, the probability of every "
        "digit. The first, the middle and the last column are those of the three digits alone.",
    )


@needs("mean-iou")
def iou_example(mean_iou: Callable[..., float]):
    """Prints the score of the example in the text."""
    target, prediction = torch.tensor([[0, 0, 1], [0, 1, 1]]), torch.tensor([[0, 0, 0], [1, 1, 1]])
    print("mean IoU of the example:", mean_iou(prediction, target, 2))


def _targets(pictures: Tensor, digits: Tensor) -> Tensor:
    """0 for background, 1 for strokes of even digits, 2 for those of odd ones: (N, 28, 28)."""
    return (pictures[:, 0] > 0.4).long() * (1 + digits[:, None, None] % 2)


def _segmented(head_of: Callable[..., nn.Module], skip: bool, pictures: Tensor, digits: Tensor) -> Tensor:
    """Labels of every pixel of the pictures from number 1,200 on, by a network trained on those before."""
    torch.manual_seed(1)
    early = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU())
    late = nn.Sequential(
        nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(),
    )
    head = head_of(32, 8, 3)

    def network(x: Tensor) -> Tensor:
        high = early(x)
        return head(late(high), high if skip else torch.zeros_like(high))

    optimizer = torch.optim.Adam([*early.parameters(), *late.parameters(), *head.parameters()], lr=0.01)
    targets = _targets(pictures, digits)
    for _ in range(100):
        chosen = torch.randint(0, 1200, (32,))
        _step(optimizer, F.cross_entropy(network(pictures[chosen]), targets[chosen]))
    with torch.no_grad():
        return network(pictures[1200:]).argmax(dim=1)


@needs("upsample", "mean-iou")
def skip_connection(
    segmentation_head: Callable[..., nn.Module], mean_iou: Callable[..., float], pictures: Tensor, digits: Tensor
):
    """Labels of a digit's pixels by a network with the skip connection and by one without."""
    without, with_skip = (_segmented(segmentation_head, skip, pictures, digits) for skip in (False, True))
    target = _targets(pictures, digits)[1200:]
    gain = (without != target).sum(dim=(1, 2)) - (with_skip != target).sum(dim=(1, 2))
    most = int(gain.argmax())
    panels = {
        f"the digit {int(digits[1200 + most])}": pictures[1200 + most, 0],
        "target": target[most],
        f"without skip: mean IoU {mean_iou(without, target, 3):.2f}": without[most],
        f"with skip: mean IoU {mean_iou(with_skip, target, 3):.2f}": with_skip[most],
    }
    fig, axes = figure(4, width=10, height=2.8)
    for axis, (title, panel) in zip(axes, panels.items(), strict=True):
        look: dict[str, Any] = {"cmap": "gray_r"} if panel.is_floating_point() else {"cmap": "viridis", "vmax": 2}
        show(axis, panel, title, **look)
    described(
        fig,
        f"Four pictures of one digit's pixels: {', '.join(panels)}. "
        "Background is dark, strokes of even digits are green, those of odd ones yellow.",
    )


def history(table: Mapping[str, tuple[float, float, float, float]]):
    """Top-1 accuracy against parameters, for a table of (top-1 %, top-5 %, million parameters, GFLOPs)."""
    fig, axis = figure(width=6, height=3)
    for name, (top1, _, millions, _) in table.items():
        axis.scatter(millions, top1, s=60, color=ORANGE)
        axis.annotate(name, (millions, top1), xytext=(8, -3), textcoords="offset points")
    axis.set(xlim=(0, 190), ylim=(50, 90), xlabel="parameters, millions", ylabel="top-1 accuracy, %")
    points = ", ".join(f"{name} {top1} % with {millions}" for name, (top1, _, millions, _) in table.items())
    described(fig, f"Top-1 accuracy against millions of parameters: {points}.")


@needs("inception", "residual", "squeeze-excite", "separable")
def what_they_cost(
    inception: Callable[..., nn.Module], residual: Callable[..., nn.Module], squeeze: Callable[..., nn.Module],
    separable: Callable[..., nn.Module],
):
    """Parameters, multiply-adds and time of each block, from 64 maps of 28x28 to as many."""
    blocks = {
        "a 3x3 convolution": nn.Conv2d(64, 64, 3, padding=1), "inception module": inception(64, 16, 24, 32, 4, 8, 8),
        "residual block": residual(64, 64), "squeeze and excitation": squeeze(64),
        "separable convolution": separable(64, 64, 3, padding=1),
    }
    rows, maps = [], torch.rand(1, 64, 28, 28)
    for name, block in blocks.items():
        with torch.no_grad():
            taken = milliseconds(partial(block.eval(), maps), times=10)
        rows.append((name, costs.parameters(block), costs.multiply_adds(block, 64, 28, 28), f"{taken:.2f}"))
    heads = ("block", "parameters", "multiply-adds", "milliseconds")
    table("What the blocks cost, from 64 maps of 28x28 to 64 maps of 28x28", heads, rows)
