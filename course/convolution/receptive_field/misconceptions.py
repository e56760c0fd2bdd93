"""Wrong turns with the receptive field."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right

FIELD = "Receptive field"

RECEPTIVE_FIELD = Misconceptions("receptive-field", right.receptive_field)


@RECEPTIVE_FIELD.add("kernels-added-up", section=FIELD, price="no field of more than one layer is right then")
def kernels_added_up(layers):
    """The kernels were added up as they are. Neighbouring windows overlap: a layer of k taps adds k - 1 steps."""
    field, jump = 0, 1
    for kernel, stride, dilation in layers:
        field += ((kernel - 1) * dilation + 1) * jump
        jump *= stride
    return max(field, 1)


@RECEPTIVE_FIELD.add("strides-ignored", section=FIELD)
def strides_ignored(solve, layers):
    """The strides make no difference in your result. After a stride of 2, neighbours lie two pixels apart."""
    return solve([(kernel, 1, dilation) for kernel, _, dilation in layers])


@RECEPTIVE_FIELD.add("own-stride-counted", section=FIELD)
def own_stride_counted(layers):
    """A layer's own stride does not widen its window; it moves apart the inputs of the layers that follow."""
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        jump *= stride
        field += (kernel - 1) * dilation * jump
    return field


@RECEPTIVE_FIELD.add("strides-added-up", section=FIELD)
def strides_added_up(layers):
    """Strides were added where they multiply: two layers of stride 2 move the windows 4 pixels apart, three 8."""
    field, jump = 1, 0
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * max(jump, 1)
        jump += stride if stride > 1 else 0
    return field


@RECEPTIVE_FIELD.add("dilations-ignored", section=FIELD)
def dilations_ignored(solve, layers):
    """The dilations make no difference in your result; a dilated kernel reaches further with as many taps."""
    return solve([(kernel, stride, 1) for kernel, stride, _ in layers])


@RECEPTIVE_FIELD.add("dilation-moves-windows", section=FIELD)
def dilation_moves_windows(layers):
    """A dilation was counted like a stride for the layers that follow. It spreads the taps; windows stay as close."""
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * jump
        jump *= stride * dilation
    return field


@RECEPTIVE_FIELD.add("layers-in-reverse", section=FIELD)
def layers_in_reverse(solve, layers):
    """The layers were taken from the last to the first; the list begins at the image."""
    return solve(list(layers)[::-1])
