"""What the curriculum fixes of every assignment: its tasks, their kinds and their points."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fixed:
    """One assignment: points by task, which tasks are prose, which have numbers of each student's own."""

    points: dict[str, int]
    texts: tuple[str, ...]
    answers: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()

    @property
    def automatic(self) -> list[str]:
        return [task for task in self.points if task not in self.texts]


CURRICULUM = {
    "01-convolution": Fixed(
        points={
            "why-convolution": 5, "weight-counting": 5, "output-size": 8, "worked-sizes": 5, "same-padding": 6,
            "padding-significance": 5, "padding-output": 4, "conv2d": 20, "im2col": 12, "conv2d-backward": 12,
            "dilated": 5, "receptive-field": 8,
        },
        texts=("why-convolution", "padding-significance"),
        answers=("weight-counting", "worked-sizes", "padding-output"),
        variants=("weight-counting", "worked-sizes"),
    ),
    "02-pooling-and-normalization": Fixed(
        points={
            "pooling-purpose": 5, "max-pooling": 12, "min-pooling": 4, "min-vs-max": 4, "average-pooling": 6,
            "pooling-backward": 8, "overlapping-pooling": 5, "shift-invariance": 8, "pool-or-stride": 5, "lrn": 14,
            "batch-norm": 8, "lrn-frameworks": 6, "lrn-when": 4, "dense": 5, "relu-softmax": 6, "dropout": 8,
        },
        texts=("pooling-purpose", "min-vs-max", "pool-or-stride", "lrn-when"),
        answers=("overlapping-pooling",),
    ),
    "03-sizing-and-memory": Fixed(
        points={
            "conv-parameters": 10, "inference-memory": 10, "training-memory": 10, "layer-summary": 15,
            "alexnet-table": 10, "gpu-out-of-memory": 10, "gradient-accumulation": 10, "checkpointing": 10,
            "mixed-precision": 8, "what-it-buys": 7,
        },
        texts=("gpu-out-of-memory",),
        answers=("conv-parameters", "inference-memory", "training-memory", "alexnet-table", "what-it-buys"),
        variants=("conv-parameters", "inference-memory", "training-memory"),
    ),
    "04-lenet": Fixed(
        points={
            "lenet-overview": 5, "lenet-components": 8, "lenet-limits": 5, "lenet-model": 15, "lenet-repair": 12,
            "lenet-train": 15, "lenet-evaluate": 10, "lenet-insights": 5, "keras-cnn": 10, "mnist-challenge": 15,
        },
        texts=("lenet-overview", "lenet-limits", "lenet-insights"),
        answers=("lenet-components",),
    ),
    "05-alexnet": Fixed(
        points={
            "alexnet-overview": 5, "alexnet-innovations": 6, "layer-roles": 5, "alexnet-numpy": 15,
            "alexnet-torch": 15, "alexnet-keras": 12, "augmentation": 8, "top-k": 5, "filters": 6,
            "feature-maps": 8, "alexnet-train": 15,
        },
        texts=("alexnet-overview", "alexnet-innovations", "layer-roles"),
    ),
    "06-modern-architectures": Fixed(
        points={
            "innovations": 8, "inception": 10, "residual": 10, "squeeze-excite": 10, "separable": 10,
            "separable-saving": 5, "dense-to-conv": 12, "segmentation": 6, "upsample": 10, "mean-iou": 6,
            "imagenet-history": 5,
        },
        texts=("innovations", "segmentation"),
        answers=("separable-saving", "imagenet-history"),
        variants=("separable-saving",),
    ),
    "07-transfer-learning": Fixed(
        points={
            "dataset": 10, "split": 12, "pipeline": 15, "fine-tune": 25, "when-to-freeze": 8, "report": 10,
            "pitfalls": 5,
        },
        texts=("when-to-freeze",),
        answers=("pitfalls",),
    ),
}  # fmt: skip
