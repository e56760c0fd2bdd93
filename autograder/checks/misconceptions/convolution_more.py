"""Wrong turns in assignment 01: the backward pass, dilated kernels, the receptive field, and the numbers."""

from __future__ import annotations

import numpy as np

from ..diagnosis import Misconceptions
from ..reference import convolution as right
from .convolution import PADDING, SIZES

WHY = "Why convolution"
BACKWARD = "The backward pass"
DILATION = "Dilation"
FIELD = "Receptive field"


CONV2D_BACKWARD = Misconceptions("conv2d-backward", right.conv2d_backward)


@CONV2D_BACKWARD.add("kernel-turned-for-the-image", section=BACKWARD)
def kernel_turned_for_the_image(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """In grad_x every weight reached the pixel at the other end of the window: the kernel is turned once too often,
    or not at all where the full convolution needs it turned."""
    grad_x = solve(grad_output, x, kernels[:, ::-1, ::-1], stride, padding)[0]
    return grad_x, *solve(grad_output, x, kernels, stride, padding)[1:]


@CONV2D_BACKWARD.add("kernel-gradient-turned", section=BACKWARD)
def kernel_gradient_turned(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """grad_kernels is turned by 180 degrees: a weight's gradient belongs at the weight's own place."""
    grad_x, grad_kernels, grad_bias = solve(grad_output, x, kernels, stride, padding)
    return grad_x, grad_kernels[:, ::-1, ::-1], grad_bias


@CONV2D_BACKWARD.add("overlaps-overwritten", section=BACKWARD)
def overlaps_overwritten(grad_output, x, kernels, stride=1, padding="valid"):
    """Where windows overlap, each overwrote in grad_x what the one before had put there; a pixel's gradients add up."""
    images, size = right.as_batch(x), kernels.shape[1:3]
    strides = right.pair_of(stride, "stride")
    padded = np.zeros_like(right.pad_images(images, size, strides, padding, (1, 1)))
    grad = np.asarray(grad_output).reshape(-1, *np.shape(grad_output)[-3:])
    for row, column in np.ndindex(grad.shape[1:3]):
        top, left = row * strides[0], column * strides[1]
        window = padded[:, top : top + size[0], left : left + size[1]]
        window[...] = np.tensordot(grad[:, row, column], kernels, axes=(1, 0))
    grad_x = right._without_padding(padded, images.shape, size, strides, padding)
    correct = right.conv2d_backward(grad_output, x, kernels, stride, padding)
    return grad_x.reshape(correct[0].shape), *correct[1:]


@CONV2D_BACKWARD.add("only-the-first-filter", section=BACKWARD)
def only_the_first_filter(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """Only the first filter sent its gradient back to the image; every filter has read every pixel."""
    grad_x = solve(grad_output[..., :1], x, kernels[:1], stride, padding)[0]
    return grad_x, *solve(grad_output, x, kernels, stride, padding)[1:]


@CONV2D_BACKWARD.add("bias-gradient-averaged", section=BACKWARD)
def bias_gradient_averaged(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """grad_bias is the mean over the places of the map. The bias was added at each of them: its gradients add up."""
    grad_x, grad_kernels, _ = solve(grad_output, x, kernels, stride, padding)
    return grad_x, grad_kernels, np.mean(grad_output, axis=tuple(range(np.ndim(grad_output) - 1)))


@CONV2D_BACKWARD.add("kernel-gradient-averaged", section=BACKWARD)
def kernel_gradient_averaged(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """grad_kernels is the mean over the places of the window. The weight was used at each: its gradients add up."""
    grad_x, grad_kernels, grad_bias = solve(grad_output, x, kernels, stride, padding)
    return grad_x, grad_kernels / np.prod(np.shape(grad_output)[-3:-1]), grad_bias


@CONV2D_BACKWARD.add("batch-averaged", section=BACKWARD)
def batch_averaged(solve, grad_output, x, kernels, stride=1, padding="valid"):
    """The gradients of kernels and bias were averaged over the batch; grad_output says what each image counts."""
    grad_x, grad_kernels, grad_bias = solve(grad_output, x, kernels, stride, padding)
    images = len(x) if np.ndim(x) == 4 else 1
    return grad_x, grad_kernels / images, grad_bias / images


@CONV2D_BACKWARD.add("stride-forgotten-on-the-way-back", section=BACKWARD)
def stride_forgotten_on_the_way_back(grad_output, x, kernels, stride=1, padding="valid"):
    """On the way back the windows lie side by side; on the way there they were `stride` pixels apart."""
    images = right.as_batch(x)
    size, strides = kernels.shape[1:3], right.pair_of(stride, "stride")
    padded = right.pad_images(images, size, strides, padding, (1, 1))
    rows, columns = np.shape(grad_output)[-3:-1]
    part = padded[:, : rows + size[0] - 1, : columns + size[1] - 1]
    grad = np.asarray(grad_output).reshape(-1, *np.shape(grad_output)[-3:])
    near, grad_kernels, grad_bias = right.conv2d_backward(grad, part, kernels)
    grad_padded = np.zeros_like(padded)
    grad_padded[:, : near.shape[1], : near.shape[2]] = near
    grad_x = right._without_padding(grad_padded, images.shape, size, strides, padding)
    return grad_x.reshape(np.shape(x)), grad_kernels, grad_bias


@CONV2D_BACKWARD.add("padding-not-removed", section=BACKWARD)
def padding_not_removed(grad_output, x, kernels, stride=1, padding="valid"):
    """grad_x still has the frame of the padded image: zeros that were added have no gradient to hand on."""
    _, grad_kernels, grad_bias = right.conv2d_backward(grad_output, x, kernels, stride, padding)
    images = right.as_batch(x)
    padded = right.pad_images(images, kernels.shape[1:3], right.pair_of(stride, "stride"), padding, (1, 1))
    grad = np.asarray(grad_output).reshape(-1, *np.shape(grad_output)[-3:])
    framed = right.conv2d_backward(grad, padded, kernels, stride)[0]
    return framed if np.ndim(x) == 4 else framed[0], grad_kernels, grad_bias


@CONV2D_BACKWARD.add("padding-removed-at-the-wrong-side", section=PADDING)
def padding_removed_at_the_wrong_side(grad_output, x, kernels, stride=1, padding="valid"):
    """The frame of zeros was cut off grad_x as if the odd pixel were before the image; it is after it."""
    correct = right.conv2d_backward(grad_output, x, kernels, stride, padding)
    framed = padding_not_removed(grad_output, x, kernels, stride, padding)[0]
    first = np.ndim(x) - 3
    more = [framed.shape[first + a] - correct[0].shape[first + a] for a in (0, 1)]
    rows, columns = (slice(m - m // 2, m - m // 2 + correct[0].shape[first + a]) for a, m in enumerate(more))
    return framed[..., rows, columns, :], *correct[1:]


DILATE_KERNEL = Misconceptions("dilated", right.dilate_kernel)


@DILATE_KERNEL.add("zeros-after-the-last-tap", section=DILATION)
def zeros_after_the_last_tap(solve, kernel, dilation):
    """Zeros follow the last tap, too. They belong between taps: k of them have k - 1 gaps."""
    result = solve(kernel, dilation)
    first = np.ndim(kernel) // 4
    pads = [(0, dilation - 1) if axis in (first, first + 1) else (0, 0) for axis in range(np.ndim(kernel))]
    return np.pad(result, pads)


@DILATE_KERNEL.add("one-zero-too-many", section=DILATION)
def one_zero_too_many(solve, kernel, dilation):
    """There are `dilation` zeros between two taps. With dilation 1 there are none, with dilation 2 there is one."""
    return solve(kernel, dilation + 1)


@DILATE_KERNEL.add("taps-repeated", section=DILATION)
def taps_repeated(kernel, dilation):
    """The taps were repeated, which is enlarging the kernel; dilation puts zeros between them."""
    first = np.ndim(kernel) // 4
    enlarged = np.repeat(np.repeat(kernel, dilation, axis=first), dilation, axis=first + 1)
    sizes = [dilation * (kernel.shape[first + a] - 1) + 1 for a in (0, 1)]
    return enlarged[(slice(None),) * first + (slice(sizes[0]), slice(sizes[1]))]


@DILATE_KERNEL.add("dilated-down-only", section=DILATION)
def dilated_down_only(kernel, dilation):
    """The zeros came between the rows only; the columns spread as well."""
    first = np.ndim(kernel) // 4
    return right.dilate_kernel(kernel, dilation)[(slice(None),) * (first + 1) + (slice(None, None, dilation),)]


@DILATE_KERNEL.add("last-axes-dilated", section=DILATION)
def last_axes_dilated(kernel, dilation):
    """The wrong axes were spread. In (filters, kh, kw, channels) the taps lie along the second and the third."""
    if np.ndim(kernel) == 2:
        return right.dilate_kernel(kernel, dilation)
    spread = np.zeros((*kernel.shape[:2], *(dilation * (n - 1) + 1 for n in kernel.shape[2:])), kernel.dtype)
    spread[:, :, ::dilation, ::dilation] = kernel
    return spread


RECEPTIVE_FIELD = Misconceptions("receptive-field", right.receptive_field)


@RECEPTIVE_FIELD.add("kernels-added-up", section=FIELD)
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


WEIGHT_COUNTING = Misconceptions("weight-counting", right.weight_counting, answer=True)


@WEIGHT_COUNTING.add("channels-forgotten", section=WHY)
def channels_forgotten(small, large, kernel, filters):
    """The colour channels are missing: a neuron has a weight for each channel of each pixel that it reads."""
    return right.weight_counting((*small[:2], 1), (*large[:2], 1), kernel, filters)


@WEIGHT_COUNTING.add("bias-among-the-weights", section=WHY)
def bias_among_the_weights(solve, small, large, kernel, filters):
    """The bias was counted as a weight; the first three entries ask for weights alone."""
    counts = solve(small, large, kernel, filters)
    return {key: value + (key != "conv_layer") for key, value in counts.items()}


@WEIGHT_COUNTING.add("layer-without-biases", section=WHY)
def layer_without_biases(solve, small, large, kernel, filters):
    """The biases are missing in conv_layer: the parameters of a layer are its weights and one bias for each filter."""
    return {**solve(small, large, kernel, filters), "conv_layer": filters * kernel * kernel * small[2]}


@WEIGHT_COUNTING.add("one-bias-for-the-layer", section=WHY)
def one_bias_for_the_layer(solve, small, large, kernel, filters):
    """conv_layer has a single bias; each filter has its own."""
    return {**solve(small, large, kernel, filters), "conv_layer": filters * kernel * kernel * small[2] + 1}


@WEIGHT_COUNTING.add("weights-for-every-place", section=WHY)
def weights_for_every_place(solve, small, large, kernel, filters):
    """conv_layer grew with the image. The weights of a filter are the same at every place: that is the point of it."""
    places = (small[0] - kernel + 1) * (small[1] - kernel + 1)
    one = kernel * kernel * small[2] + 1
    return {**solve(small, large, kernel, filters), "conv_layer": filters * one * places}


WORKED_SIZES = Misconceptions("worked-sizes", right.worked_sizes, answer=True)


@WORKED_SIZES.add("size-although-it-does-not-fit", section=SIZES)
def size_although_it_does_not_fit(cases):
    """The windows do not fit exactly here, which is to be answered with None: some pixels are never read."""
    return {"sizes": [right.output_size(*case) for case in cases]}


@WORKED_SIZES.add("sizes-rounded-up", section=SIZES)
def sizes_rounded_up(cases):
    """A window that sticks out of the image was counted; where the windows do not fit exactly, the answer is None."""
    return {"sizes": [-(-(size + 2 * pad - kernel) // stride) + 1 for size, kernel, stride, pad in cases]}


@WORKED_SIZES.add("worked-padding-on-one-side", section=SIZES)
def worked_padding_on_one_side(cases):
    """The padding was counted once; `padding` pixels are added before the image and as many after it."""
    return {"sizes": [right.output_size(size + pad, kernel, stride) if (size + pad - kernel) % stride == 0 else None
                      for size, kernel, stride, pad in cases]}


@WORKED_SIZES.add("worked-first-window-forgotten", section=SIZES)
def worked_first_window_forgotten(solve, cases):
    """The steps of the window were counted, not its places: before the first step it already stands somewhere."""
    return {"sizes": [None if size is None else size - 1 for size in solve(cases)["sizes"]]}


PADDING_OUTPUT = Misconceptions("padding-output", right.padding_output, answer=True)


@PADDING_OUTPUT.add("same-as-valid", section=PADDING)
def same_as_valid(solve):
    """"same" is named after what it does: at stride 1 the result is as large as the image."""
    return {**solve(), "same": 26}


@PADDING_OUTPUT.add("same-padding-enlarges", section=PADDING)
def same_padding_enlarges(solve):
    """That is the size of the padded image; the window then takes from it again what the padding added."""
    return {**solve(), "same": 30}


@PADDING_OUTPUT.add("one-pixel-lost", section=PADDING)
def one_pixel_lost(solve):
    """A 3x3 window loses a pixel at *each* border: its centre can stand neither on the first nor on the last one."""
    return {**solve(), "valid": 27}


@PADDING_OUTPUT.add("three-pixels-lost", section=PADDING)
def three_pixels_lost(solve):
    """The kernel's size was taken from the image's: of the window's 3 pixels one always remains, so k - 1 are lost."""
    return {**solve(), "valid": 25, "valid_repeats": 9}


@PADDING_OUTPUT.add("shrunk-to-nothing", section=PADDING)
def shrunk_to_nothing(solve):
    """You counted until nothing is left. The window must still fit: it cannot be laid on a map of 2x2."""
    return {**solve(), "valid_repeats": 14}


@PADDING_OUTPUT.add("last-window-missed", section=PADDING)
def last_window_missed(solve):
    """One more fits: a map of 4x4 still takes a 3x3 window."""
    return {**solve(), "valid_repeats": 12}


@PADDING_OUTPUT.add("edges-read-least", section=PADDING)
def edges_read_least(solve):
    """The edges are read little, and there is a place that is read even less: count the windows that contain it."""
    return {**solve(), "least_read": "edges"}


@PADDING_OUTPUT.add("centre-read-least", section=PADDING)
def centre_read_least(solve):
    """It is the other way round: a pixel in the centre lies in nine windows of 3x3."""
    return {**solve(), "least_read": "centre"}
